import CycleFixtures
import Remediation
import Rules
import TestSupport
import Testing

@testable import Cycle

@Suite("Two cycles with the same input")
struct DeterminismTests {
    /// One of two worlds with the same events. They differ only in what must not matter: the order
    /// of the graphs in memory and in listings, and of the reports in the inbox.
    private static func world(isTwin: Bool) throws -> ScriptedWorld {
        let ids = (0..<20).map { "g\($0)" }
        var world = try ScriptedWorld(isTwin ? ids.reversed() : ids) { settings in
            settings.graphs[0].policy.budget = [WindowLimit(window: .seconds(3600), count: 30)]
            settings.graphs[0].policy.breaker.soft.graphs = 12
            settings.graphs[0].policy.breaker.hard.graphs = 15
            settings.graphs[0].policy.maxConcurrent = 5
        }
        if isTwin { world.listingOrder = { $0.sorted().reversed() } }
        return world
    }

    /// Applies random events before a step.
    private static func applyEvents(_ dice: inout SeededRandom, _ world: inout ScriptedWorld) {
        let id = "g\(dice.number(below: 20))"
        switch dice.number(below: 12) {
        case 0...2: world.graphs[id]?.answers = false
        case 3: world.graphs[id]?.answers = true
        case 4: world.graphs[id]?.status = dice.pick(["200", "202", "900"])
        case 5: world.listingFailure = ReadingFailure(reason: "timeout", text: "no answer")
        case 6: world.answer = .unknown(reason: "no answer")
        case 7: world.refusal = { _ in "no space" }
        case 8 where dice.number(below: 10) == 0: world.setClock(by: .seconds(600))
        default:
            world.listingFailure = nil
            world.answer = .accepted(jobID: "job-1")
            world.refusal = { _ in nil }
        }
    }

    private static func messages(_ dice: inout SeededRandom, _ step: Int) -> [AlertMessage] {
        guard dice.number(below: 4) == 0 else { return [] }
        let alerts = (0..<dice.number(below: 6)).map { _ in
            AlertFixture.alert(
                ["graph_id": "g\(dice.number(below: 20))"],
                fingerprint: "f\(dice.number(below: 20))",
                startsAt: ScriptedWorld.start
            )
        }
        return [AlertMessage(id: step, alerts: alerts)]
    }

    @Test("give the same output, whatever the order of unordered input", arguments: 1...3)
    func twins(seed: UInt64) throws {
        var dice = SeededRandom(seed: seed)
        var (one, twin) = (try Self.world(isTwin: false), try Self.world(isTwin: true))
        for step in 0..<120 {
            var others = dice
            Self.applyEvents(&dice, &one)
            Self.applyEvents(&others, &twin)
            let messages = Self.messages(&dice, step)
            let first = one.step { $0.messages = messages }
            let second = twin.step {
                $0.messages = messages
                $0.reports.reverse()
            }
            Self.expectSame(first, second, step)
        }
        #expect(one.posts.count > 3, "the worlds must contain restarts")
        #expect(one.posts == twin.posts)
        #expect(one.transcript == twin.transcript)
    }

    private static func expectSame(_ one: Ready, _ two: Ready, _ step: Int) {
        #expect(one.toDisk.changes == two.toDisk.changes, "step \(step)")
        #expect(one.toDisk.alerts == two.toDisk.alerts, "step \(step)")
        #expect(one.toDisk.savedReceived == two.toDisk.savedReceived, "step \(step)")
        #expect(one.toDisk.removedReceived == two.toDisk.removedReceived, "step \(step)")
        #expect(one.toDisk.clock == two.toDisk.clock, "step \(step)")
        #expect(one.log == two.log, "step \(step)")
        #expect(one.anytime == two.anytime, "step \(step)")
        #expect(one.afterDisk == two.afterDisk, "step \(step)")
        #expect(one.replies == two.replies, "step \(step)")
        expectSame(one.status, two.status, step)
    }

    private static func expectSame(_ one: Status, _ two: Status, _ step: Int) {
        #expect(one.at == two.at)
        #expect(one.inventory.graphs == two.inventory.graphs, "step \(step)")
        #expect(one.inventory.facts == two.inventory.facts, "step \(step)")
        #expect(one.machine.snapshot == two.machine.snapshot, "step \(step)")
        #expect(one.machine.decisions == two.machine.decisions, "step \(step)")
        #expect(one.machine.counters == two.machine.counters, "step \(step)")
        #expect(one.view == two.view, "step \(step)")
        #expect(one.alerts == two.alerts, "step \(step)")
        #expect(one.received.newestFirst == two.received.newestFirst, "step \(step)")
        #expect(one.firing == two.firing, "step \(step)")
        #expect(one.groups.map(\.counters) == two.groups.map(\.counters), "step \(step)")
        #expect(one.detectOnly == two.detectOnly, "step \(step)")
        #expect(one.notReady == two.notReady, "step \(step)")
        #expect(one.samples == two.samples, "step \(step)")
        #expect(one.gatewayClockOffset == two.gatewayClockOffset)
        #expect(one.storage == two.storage, "step \(step)")
        #expect(one.work.clockJumps == two.work.clockJumps)
    }
}

extension Inventory {
    /// What is known about each graph apart from the listing.
    fileprivate var facts: [String] {
        sorted.map { entry in
            "\(entry.statusSince) \(entry.observedAt) \(String(describing: entry.reading)) "
                + "\(String(describing: entry.lastProbe?.at)) \(entry.isProbed) "
                + "\(String(describing: entry.lastProbe?.isAnswered)) "
                + "\(String(describing: entry.jobs))"
        }
    }
}
