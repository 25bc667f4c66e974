import CycleFixtures
import Remediation
import Testing
import Time

@testable import Cycle

@Suite("How the cloud answers")
struct ProviderWatchTests {
    private static let good = [
        ManagementAnswers("list_graphs", requests: 1), ManagementAnswers("list_jobs", requests: 1),
    ]
    private static let bad = [
        ManagementAnswers("list_graphs", requests: 1, failed: 1),
        ManagementAnswers("list_jobs", requests: 1, throttled: 1),
    ]
    private static let badJobs = [good[0], ManagementAnswers("list_jobs", requests: 1, failed: 1)]

    /// Polls half a minute apart, oldest first.
    private static func watch(_ polls: [[ManagementAnswers]]) -> ProviderWatch {
        var watch = ProviderWatch()
        for (index, answers) in polls.enumerated() {
            watch.receive(readings(answers, at: index))
        }
        return watch
    }

    private static func readings(_ answers: [ManagementAnswers], at index: Int) -> Readings {
        var readings = Readings(
            at: AlertFixture.start + .seconds(30 * index),
            listing: .success(.init(graphs: [], isComplete: true)),
            jobs: .success([]),
            graphs: []
        )
        readings.answers = answers
        return readings
    }

    private static func polls(_ good: Int, bad: Int) -> [[ManagementAnswers]] {
        Array(repeating: Self.good, count: good) + Array(repeating: Self.bad, count: bad)
    }

    @Test(
        "are an incident from a fifth of bad answers on",
        arguments: [
            ([], false), (polls(20, bad: 0), false), (polls(16, bad: 4), true),
            (polls(17, bad: 3), false), (polls(0, bad: 1), false), (polls(0, bad: 2), true),
            // One operation alone says nothing of the cloud.
            (Array(repeating: badJobs, count: 20), false),
            // Requests that were not sent, as while the network of the agent is down.
            (Array(repeating: [], count: 20), false),
        ]
    )
    func share(polls: [[ManagementAnswers]], isIncident: Bool) {
        #expect(Self.watch(polls).holds.isEmpty != isIncident)
    }

    @Test("count for ten minutes, and are well again below a tenth")
    func end() {
        var watch = Self.watch(Self.polls(0, bad: 4))
        var ended: Int?
        for index in 4..<60 {
            watch.receive(Self.readings(Self.good, at: index))
            if watch.holds.isEmpty, ended == nil { ended = index }
        }
        // The last poll within ten minutes of which less than a tenth was bad.
        #expect(ended == 22)
    }

    @Test("hold the restart of a graph, with the figures")
    func hold() throws {
        var world = try ScriptedWorld(["g", "h", "i", "j", "k"])
        world.pass(.seconds(300))
        world.graphs["g"]?.answers = false
        world.answers = Self.bad
        world.pass(.seconds(600))
        #expect(world.posts.isEmpty)
        let reasons = world.cycle.machine.decisions[GraphID("g")]?.holdReasons ?? []
        #expect(reasons.map(\.label) == ["provider"])
        world.answers = Self.good
        world.pass(.seconds(900))
        #expect(world.posts == ["g"])
    }

    @Test("count as long after the clock was set", arguments: [3_600, -3_600])
    func clock(jump: Int) throws {
        var world = try ScriptedWorld()
        world.answers = Self.bad
        world.pass(.seconds(120))
        world.setClock(by: .seconds(jump))
        world.answers = Self.good
        world.pass(.seconds(60))
        #expect(!world.cycle.provider.holds.isEmpty)
    }
}
