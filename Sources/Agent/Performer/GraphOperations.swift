package import GES
import HTTPClient
import Remediation
import Time

/// What the performer needs of the cloud.
package protocol GraphOperations: Sendable {
    /// How far the gateway's clock is ahead of ours; nil while unknown.
    var gatewayClockOffset: Duration? { get }
    func graph(_ id: String) async throws(GESError) -> Graph
    /// Also returns the answer as it came, for the record; nil if there was none.
    func restart(_ id: String) async -> (ActionAnswer, quote: String?)
    func stop(_ id: String) async -> (ActionAnswer, quote: String?)
    /// Names no backup.
    func start(_ id: String) async -> (ActionAnswer, quote: String?)
    func cancelTask(
        _ taskID: String,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ActionAnswer
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
    func realTimeQueries(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> RealTimeQueries
}

extension GESClient: GraphOperations, GraphSource {}

// MARK: - From GES to Remediation

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
            // An unknown status proves neither success nor failure.
            case .running, .other: .running
            }
    }
}

extension FoundJob {
    /// Nil for a job that has begun without saying when: it could be one of last month. One that
    /// waits begins now at the earliest.
    ///
    /// - Parameter clockOffset: how far the clock of the service is ahead of ours. Begin times of
    ///   jobs are of that clock.
    init?(_ job: Job, clockOffset: Duration, at now: Timestamp) {
        let isQueued = job.beginTime == nil && job.status == .pending
        guard isQueued || job.beginTime != nil else { return nil }
        self.init(
            id: job.id,
            name: job.name ?? "",
            graphName: job.relatedGraph ?? "",
            beganAt: job.beginTime.map { $0 - clockOffset } ?? now,
            state: JobState(job)
        )
        self.isQueued = isQueued
    }
}

extension GESError {
    /// Whether the account may not make this request, which no repetition changes.
    var isForbidden: Bool {
        if case .unauthorised(let failure) = self { failure.status == 403 } else { false }
    }
}

extension IncidentRecord.InterruptedTask {
    init(_ task: GraphTask, at: Timestamp) {
        self.init(
            id: task.id,
            type: task.type,
            state: task.state.rawValue,
            progressRatio: task.progressRatio,
            startedAt: task.startTime,
            request: task.quotableRequest,
            notedAt: at
        )
        isRequestCut = task.isRequestCut
    }
}
