import CycleFixtures
import Remediation
import Testing
import Time

@testable import Cycle

@Suite("A start of the agent that is counted")
struct StartCounterTests {
    private static let grace = Duration.seconds(5 * 60)

    private func world(early: Int?) throws -> ScriptedWorld {
        var memory = HangFixture.memory()
        memory.starts = early.map { StartCounter(total: 9, early: $0) }
        return try ScriptedWorld(
            settings: { $0.defaultPolicy.startupGrace = Self.grace },
            memory: memory
        )
    }

    /// The time, in polls of 30 s, after which a step writes that the start has lasted.
    private func lasting(_ world: inout ScriptedWorld, polls: Int) -> [Int] {
        (1...polls).filter { _ in world.step().toDisk.isLastingStart }
    }

    @Test(
        "is a crash loop from the fourth in a row on that did not outlast the grace period",
        arguments: [(0, false), (1, false), (3, false), (4, true), (17, true)]
    )
    func crashLoop(early: Int, isCrashLoop: Bool) throws {
        var world = try world(early: early)
        let status = world.step().status
        #expect(status.starts == StartCounter(total: 9, early: early))
        #expect(status.starts?.isCrashLoop == isCrashLoop)
    }

    @Test("lasts once the agent has seen the fleet for the grace period, and says so once")
    func lasts() throws {
        var world = try world(early: 4)
        // The first poll begins the sight; ten more are five minutes.
        #expect(lasting(&world, polls: 30) == [11])
        #expect(world.cycle.starts == StartCounter(total: 9, early: 0))
    }

    @Test("does not last while nothing is seen")
    func blind() throws {
        var world = try world(early: 4)
        world.listingFailure = ReadingFailure(reason: "http_5xx", text: "502")
        #expect(lasting(&world, polls: 30) == [])
        #expect(world.cycle.starts?.isCrashLoop == true)
    }

    @Test("lasts only when that is on disk")
    func refusedWrite() throws {
        var world = try world(early: 4)
        world.refusal = { $0.isLastingStart ? "disk full" : nil }
        #expect(lasting(&world, polls: 20) == Array(11...20))
        #expect(world.cycle.starts?.early == 4)
        world.refusal = { _ in nil }
        #expect(lasting(&world, polls: 10) == [1])
        #expect(world.cycle.starts?.early == 0)
    }

    @Test("is not invented where nobody counts")
    func uncounted() throws {
        var world = try world(early: nil)
        #expect(lasting(&world, polls: 20) == [])
        #expect(world.step().status.starts == nil)
    }
}
