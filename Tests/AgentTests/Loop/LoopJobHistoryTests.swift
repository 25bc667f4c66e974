import API
import Cycle
import Testing
import Time
import VirtualTime

@testable import Agent
@testable import GES

@Suite("The job list of the last month")
struct LoopJobHistoryTests {
    /// - Parameters:
    ///   - begin: in seconds from a day before the start; nil for a job that does not tell.
    ///   - end: the same.
    private static func job(
        _ fixture: LoopFixture,
        _ id: String,
        _ name: String? = "ImportGraph",
        of graph: String? = "orders",
        _ status: Job.Status = .success,
        begin: Int? = 0,
        end: Int? = 60
    ) -> Job {
        let base = fixture.clock.now() - .seconds(86_400)
        var job = Job(id: id, status: status)
        job.name = name
        job.relatedGraph = graph
        job.beginTime = begin.map { base + .seconds($0) }
        job.endTime = end.map { base + .seconds($0) }
        return job
    }

    /// Requests of one reading: each day of a month, and tomorrow by the clock of the agent.
    private static let days = 32

    @Test("is read at the start, every six hours, and again after failures, ever more slowly")
    func pace() throws {
        let fixture = try LoopFixture()
        try fixture.run(limit: .seconds(8 * 3600)) { fixture in
            try await fixture.begin()
            try await fixture.pass(.seconds(60))
            #expect(fixture.cloud.count(.endedJobs) == Self.days)
            try await fixture.pass(.seconds(6 * 3600 - 120))
            #expect(fixture.cloud.count(.endedJobs) == Self.days)
            fixture.cloud.with { $0.ended = nil }
            try await fixture.pass(.seconds(120))
            #expect(fixture.cloud.count(.endedJobs) == Self.days + 1)
            // After 60 s, 120, 240, 480 and 960.
            try await fixture.pass(.seconds(2_200))
            #expect((5...7).contains(fixture.cloud.count(.endedJobs) - Self.days))
            let text = "log: The job list of the last month cannot be read"
            #expect(fixture.lines(text).count == 1)
        }
    }

    @Test("of another cloud is dropped, although it was read before the agent knew")
    func otherCloud() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            let inbox = Inbox()
            var reader = JobHistoryReader(source: fixture.cloud, clock: fixture.clock)
            await withDiscardingTaskGroup { group in
                reader.beginWhenDue(inbox, StopSignal(), &group)
            }
            let old = try #require(inbox.takeJobHistory())
            reader.reach(fixture.cloud, looksElsewhere: true)
            #expect(reader.finish(old) == nil)
            await withDiscardingTaskGroup { group in
                reader.beginWhenDue(inbox, StopSignal(), &group)
            }
            #expect(reader.finish(try #require(inbox.takeJobHistory())) != nil)
        }
    }

    @Test("becomes series, without the jobs that do not tell how long they took")
    func series() throws {
        let fixture = try LoopFixture()
        let jobs = [
            Self.job(fixture, "a"), Self.job(fixture, "b", end: 180), Self.job(fixture, "c", nil),
            Self.job(fixture, "d", of: nil),
            Self.job(fixture, "e", "ImportGraph", of: "orders", .failed),
            Self.job(fixture, "f", begin: nil), Self.job(fixture, "g", end: nil),
            Self.job(fixture, "h", begin: 70), Self.job(fixture, "i", "DeleteGraph"),
            Self.job(fixture, "j", of: "others"),
        ]
        fixture.cloud.with { $0.ended = jobs }
        try fixture.run { fixture in
            try await fixture.begin()
            try await fixture.pass(.seconds(65))
            let samples = fixture.board.current.samples
            let counts = samples.filter { $0.metric == .jobDurationCount }
            #expect(counts.map(\.labelValues) == [["g", "import"]])
            #expect(counts.map(\.value) == [2])
            let sums = samples.filter { $0.metric == .jobDurationSum }
            #expect(sums.map(\.value) == [240])
        }
    }
}
