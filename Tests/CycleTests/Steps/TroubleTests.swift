import CycleFixtures
import Remediation
import Testing
import Time

@testable import Cycle

@Suite("The troubles of the agent")
struct TroubleTests {
    private func names(_ ready: Ready) -> [String] { ready.status.troubles.map(\.name) }

    @Test("none while everything works")
    func none() throws {
        var world = try ScriptedWorld()
        #expect(world.step().status.troubles.isEmpty)
    }

    @Test("name an outage of the listing, which prevents readiness only before the first one")
    func blind() throws {
        var world = try ScriptedWorld()
        world.listingFailure = ReadingFailure(reason: "timeout", text: "no answer in 10s")
        let first = world.step().status
        #expect(first.troubles.map(\.name) == ["blind"] && first.notReady.count == 1)
        #expect(first.troubles.first?.since == world.now)
        #expect(first.troubles.first?.text.contains("no answer in 10s") == true)
        world.listingFailure = nil
        #expect(names(world.step()).isEmpty)

        world.listingFailure = ReadingFailure(reason: "http", text: "status 500")
        world.step()
        let began = world.now
        world.pass(.seconds(120))
        let later = world.step().status
        #expect(later.troubles.map(\.name) == ["blind"] && later.notReady.isEmpty)
        #expect(later.troubles.first?.since == began)
    }

    @Test("name each reason to only detect, with its own start")
    func detectOnly() throws {
        var world = try ScriptedWorld { $0.defaultPolicy.startupGrace = .seconds(600) }
        world.step()
        world.refusal = { _ in "the disk is full" }
        world.step()
        let failing = world.step().status
        #expect(failing.troubles.map(\.name) == ["detect_only"])
        #expect(failing.troubles.first?.since == world.now)
        #expect(failing.troubles.first?.remedy.contains("--storage.path") == true)
        #expect(failing.notReady == failing.detectOnly.map(\.description))
        let began = world.now
        world.setClock(by: .seconds(3600))
        let both = world.step().status
        #expect(both.troubles.map(\.name) == ["detect_only", "detect_only"])
        // The start moves with the clock, so that the age stays.
        #expect(both.troubles.map(\.since) == [began + .seconds(3600), world.now])
        #expect(Set(both.troubles.map(\.remedy)).count == 2)
    }

    @Test("name an incomplete listing and a crash loop, which do not prevent readiness")
    func lesser() throws {
        var world = try ScriptedWorld(["g", "h"])
        world.step()
        world.unlisted = ["h"]
        let partial = world.step().status
        #expect(partial.troubles.map(\.name) == ["listing_partial"] && partial.notReady.isEmpty)
        world.unlisted = []
        world.cycle.starts = StartCounter(total: 9, early: 4)
        let loop = world.step().status
        #expect(loop.troubles.map(\.name) == ["crash_loop"] && loop.notReady.isEmpty)
    }

    @Test("each say what to do")
    func remedies() {
        var status = Status.starting
        status.detectOnly = [
            .ledger("x"), .olderLedger("x"), .clockSet(by: .seconds(9), until: nil),
            .clockDiffers(by: .seconds(90)),
            .clockBehind(.distantPast),
        ]
        status.starts = StartCounter(total: 9, early: 9)
        let troubles = status.presentTroubles + Status.starting.troubles
        #expect(troubles.count == 8)
        #expect(troubles.allSatisfy { !$0.text.isEmpty && !$0.remedy.isEmpty })
    }
}
