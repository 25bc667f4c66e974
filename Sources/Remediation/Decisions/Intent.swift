package import Time

/// The written decision to restart one graph once. It reaches the disk before anything is sent, it
/// allows a single POST, and nobody but the process that made it may send that POST.
package struct Intent: Hashable, Sendable, Codable {
    /// Graph id, attempt and time of creation: unique without any randomness.
    package let id: String
    package let graphID: GraphID
    package let graphName: String
    package let hangClass: HangClass
    package let alertname: String
    package let reason: String
    /// Counts the intents of this graph for ever, from 1.
    package let attempt: Int
    /// Follows the clock when that is set; the id does not.
    package internal(set) var createdAt: Timestamp
    package let source: RestartRequest.Source

    package init(request: RestartRequest, graphName: String, attempt: Int, createdAt: Timestamp) {
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

    /// The status that the graph must still show directly before the POST.
    package var expectedStatusCode: String { hangClass.expectedStatusCode }
}
