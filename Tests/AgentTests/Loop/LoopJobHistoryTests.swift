import API
import Cycle
import Testing
import Time
import VirtualTime

@testable import Agent
@testable import GES

@Suite("The job list of the last month")
struct LoopJobHistoryTests {
    private static func job(
        _ id: String,
        _ name: String? = "ImportGraph",
        of graph: String? = "orders",
        _ status: Job.Status = .success,
        begin: Int? = 0,
        end: Int? = 60
    ) -> Job {
        var job = Job(id: id, status: status)
        job.name = name
        job.relatedGraph = graph
        job.beginTime = begin.map { Timestamp(milliseconds: Int64($0) * 1000) }
        job.endTime = end.map { Timestamp(milliseconds: Int64($0) * 1000) }
        return job
    }

    @Test("is read at the start, every six hours, and a minute after a failure, one at a time")
    func pace() throws {
        let fixture = try LoopFixture()
        try fixture.run(limit: .seconds(8 * 3600)) { fixture in
            try await fixture.begin()
            #expect(fixture.cloud.count(.endedJobs) == 1)
            try await fixture.pass(.seconds(6 * 3600 - 120))
            #expect(fixture.cloud.count(.endedJobs) == 1)
            fixture.cloud.with { $0.ended = nil }
            try await fixture.pass(.seconds(150))
            #expect(fixture.cloud.count(.endedJobs) == 2)
            try await fixture.pass(.seconds(60))
            #expect(fixture.cloud.count(.endedJobs) == 3)
            #expect(fixture.cloud.with { $0.mostAtOnce[.endedJobs] } == 1)
            #expect(fixture.lines("log: The jobs of the last month could not be read").count == 1)
        }
    }

    @Test("becomes series, without the jobs that do not tell how long they took")
    func series() throws {
        let fixture = try LoopFixture()
        fixture.cloud.with {
            $0.ended = [
                Self.job("a"), Self.job("b", end: 180), Self.job("c", nil), Self.job("d", of: nil),
                Self.job("e", "ImportGraph", of: "orders", .failed), Self.job("f", begin: nil),
                Self.job("g", end: nil),
                Self.job("h", begin: 70), Self.job("i", "DeleteGraph"), Self.job("j", of: "others"),
            ]
        }
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
