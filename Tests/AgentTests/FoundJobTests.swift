import Remediation
import Testing
import Time

@testable import Agent
@testable import GES

@Suite("A job that is found")
struct FoundJobTests {
    private static let now = Timestamp(milliseconds: 1_000_000)

    private func job(_ status: Job.Status, begin: Timestamp?) -> Job {
        var job = Job(id: "j", status: status)
        job.name = "RestartGraph"
        job.relatedGraph = "orders"
        job.beginTime = begin
        return job
    }

    @Test("without a begin time counts only if it waits, and begins now at the earliest")
    func withoutBegin() throws {
        let (now, offset) = (Self.now, Duration.seconds(60))
        for status in [Job.Status.running, .success, .failed, .partiallyFailed, .other("?")] {
            #expect(FoundJob(job(status, begin: nil), clockOffset: offset, at: now) == nil)
        }
        let waiting = try #require(
            FoundJob(job(.pending, begin: nil), clockOffset: offset, at: now)
        )
        #expect(waiting.isQueued && waiting.beganAt == now && waiting.state == .pending)
        for status in [Job.Status.pending, .running, .success] {
            let found = FoundJob(job(status, begin: now), clockOffset: offset, at: now)
            #expect(found?.beganAt == now - offset)
            #expect(found?.isQueued == false)
        }
    }
}
