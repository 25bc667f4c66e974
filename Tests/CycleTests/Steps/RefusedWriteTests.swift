import CycleFixtures
import Remediation
import Testing

@testable import Cycle

@Suite("When a write to the ledger fails")
struct RefusedWriteTests {
    private static let ledgerFull = "Detect-only: the ledger cannot be written: no space"

    @Test("its restart is reported as not sent, and the whole write is retried")
    func restart() throws {
        var world = try ScriptedWorld()
        world.graphs["g"]?.answers = false
        world.refusal = { $0.changes.intents.isEmpty ? nil : "no space" }
        world.pass(.seconds(600)) { !$0.transcript.isEmpty }
        #expect(world.disk == .refused("no space"))
        for _ in 0..<3 { world.step() }
        world.refusal = { _ in nil }
        for _ in 0..<3 { world.step() }
        #expect(
            world.events == [
                "log: intended",
                "log: outcome", "log: ended", "log: held", "log: \(Self.ledgerFull)",
                "disk: intent g/1", "disk: outcome not_sent", "disk: ending notSent",
                "log: held", "log: The ledger can be written again",
            ]
        )
        #expect(world.posts.isEmpty)
    }

    @Test("nothing is started until writes succeed, and then the wait is completed")
    func detectOnly() throws {
        var world = try ScriptedWorld()
        world.graphs["g"]?.answers = false
        world.refusal = { _ in "no space" }
        world.pass(.seconds(3600))
        #expect(world.posts.isEmpty && world.written.isEmpty)
        #expect(world.cycle.machine.counters.started == 0)
        world.refusal = { _ in nil }
        world.pass(.seconds(60))
        #expect(world.posts == ["g"])
    }

    @Test("the alerts of its messages were not received")
    func messages() throws {
        var world = try ScriptedWorld()
        world.step { $0.messages = [AlertMessage(id: 1, alerts: [AlertFixture.alert()])] }
        world.refusal = { _ in "no space" }
        let other = AlertMessage(id: 2, alerts: [AlertFixture.alert(fingerprint: "f2")])
        let refused = world.step(polls: false) { $0.messages = [other] }
        #expect(refused.replies.map(\.answer) == [.success([.accepted])])
        #expect(refused.status.received.fingerprints == ["f1", "f2"])
        let next = world.step(polls: false)
        #expect(next.status.received.fingerprints == ["f1"])
        #expect(next.status.firing.map(\.fingerprint) == ["f1"])
        #expect(next.toDisk.savedReceived.isEmpty)
        world.refusal = { _ in nil }
        let again = world.step(polls: false) { $0.messages = [other] }
        #expect(again.replies.map(\.answer) == [.success([.accepted])])
    }

    @Test("changes to received alerts are written later")
    func endings() throws {
        var world = try ScriptedWorld(settings: { $0.graphs = [] })
        world.graphs["g"]?.answers = false
        world.step()
        world.step { $0.messages = [AlertMessage(id: 1, alerts: [AlertFixture.alert()])] }
        world.graphs["g"]?.answers = true
        for _ in 0..<4 { world.step() }
        world.refusal = { _ in "no space" }
        let refused = world.step()
        #expect(refused.toDisk.savedReceived.map { $0.ending == nil } == [false])
        world.refusal = { _ in nil }
        #expect(world.step().toDisk.savedReceived == refused.toDisk.savedReceived)
        #expect(world.step().toDisk.savedReceived.isEmpty)
    }
}

extension ReceivedAlerts {
    fileprivate var fingerprints: [String] { alerts.keys.map(\.fingerprint).sorted() }
}
