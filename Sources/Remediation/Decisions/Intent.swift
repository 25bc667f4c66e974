package import Diagnosis
package import Time

/// The written decision to restart one graph once.
///
/// It reaches the disk before anything is sent, it allows a single POST, and only the process that
/// made it may send that POST. A process that finds an intent on disk without an outcome searches
/// for what became of it.
package struct Intent: Hashable, Sendable, Codable {
    /// Graph id, attempt and creation time: unique without any randomness, and the same when a
    /// step is repeated.
    package let id: String
    package let graphID: GraphID
    package let graphName: String
    package let hangClass: HangClass
    package let alertname: String
    package let reason: String
    /// Counts all intents of this graph from 1, also those that were never sent.
    package let attempt: Int
    /// Moves along when the clock is set. The id does not.
    package internal(set) var createdAt: Timestamp
    package let source: RestartRequest.Source
    /// What the person who ordered it passed over; nil for a restart that nobody ordered.
    package var overrides: [Override]?
    /// The signs that the verdict rests on. Ledgers of earlier versions name none.
    package var signs: [String]?
    /// How far the work of the graph had come. What has come further before the request is sent
    /// stops it.
    package var seenProgress: SeenProgress?
    /// The mode of the graph when the restart was decided.
    package var mode: Mode?
    /// For how long a running management job holds the restart.
    package var jobLimitMilliseconds: Int64?
    /// The task that is cancelled; nil for any other action.
    package internal(set) var task: CancellableTask?
    /// nil for a restart: ledgers of earlier versions know nothing else.
    private let otherAction: GraphAction?

    /// What is sent.
    package var action: GraphAction { otherAction ?? .restart }

    package init(
        request: RestartRequest,
        graphName: String,
        attempt: Int,
        createdAt: Timestamp,
        action: GraphAction = .restart,
        task: CancellableTask? = nil
    ) {
        otherAction = action == .restart ? nil : action
        self.task = task
        id = "\(request.graphID)/\(attempt)/\(createdAt.milliseconds)"
        graphID = request.graphID
        self.graphName = graphName
        hangClass = request.hangClass
        alertname = request.alertname
        reason = request.reason
        self.attempt = attempt
        self.createdAt = createdAt
        source = request.source
    }

    /// Whether a person ordered the restart although no hang was proved.
    package var needsNoProof: Bool {
        overrides?.contains { [.diagnosis, .flapping].contains($0) } ?? false
    }

    /// The status that the graph must still have directly before the POST.
    package var expectedStatusCode: String {
        action == .start ? StatusCode.stopped : hangClass.expectedStatusCode
    }

    private enum CodingKeys: String, CodingKey {
        case id, graphID, graphName, hangClass, alertname, reason, attempt, createdAt, source
        case overrides, signs, seenProgress, mode, jobLimitMilliseconds, task
        case otherAction = "action"
    }
}
