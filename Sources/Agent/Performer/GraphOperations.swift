package import GES
import HTTPClient
import Remediation
import Time

/// What the performer needs of the cloud.
package protocol GraphOperations: Sendable {
    /// How far the gateway's clock is ahead of ours; nil while it has not told.
    var gatewayClockOffset: Duration? { get }
    func graph(_ id: String) async throws(GESError) -> Graph
    func restart(_ id: String) async -> ActionAnswer
    func job(graphID: String, jobID: String) async throws(GESError) -> Job
    func jobs(_ filter: JobFilter) async throws(GESError) -> JobListing
    func probe(
        _ kind: ProbeKind,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ProbeResult
    func runningTasks(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> [GraphTask]
}

extension GESClient: GraphOperations, GraphSource {}

// MARK: - From the words of GES to those of the machine

extension RestartOutcome {
    init(_ answer: ActionAnswer) {
        self =
            switch answer {
            case .accepted(let jobID): .accepted(jobID: jobID)
            case .refused(let failure):
                .refused(code: failure.code ?? "", message: failure.message)
            case .unauthorised(let failure):
                .unauthorised(code: failure.code ?? "", message: failure.message)
            case .throttled(let retryAfter):
                .throttled(retryAfter: retryAfter)
            case .notSent(let error): .notSent(reason: "\(error)")
            case .unknown(let error): .unknown(reason: "\(error)")
            }
    }
}

extension JobState {
    init(_ job: Job) {
        self =
            switch job.status {
            case .pending: .pending
            case .success: .succeeded
            case .failed: .failed(reason: job.failReason ?? "the job failed")
            case .partiallyFailed: .failed(reason: job.failReason ?? "the job failed in part")
            // A word that is not known proves neither an end nor a failure.
            case .running, .other: .running
            }
    }
}

extension FoundJob {
    /// Nil for a job without a begin time: it cannot be told from one of last month.
    ///
    /// - Parameter clockOffset: how far the service's clock, by which jobs begin, is ahead of ours.
    init?(_ job: Job, clockOffset: Duration) {
        guard let begin = job.beginTime else { return nil }
        self.init(
            id: job.id,
            name: job.name ?? "",
            graphName: job.relatedGraph ?? "",
            beganAt: begin - clockOffset,
            state: JobState(job)
        )
    }
}
