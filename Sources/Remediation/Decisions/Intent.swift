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

extension Intent {
    /// The longest time between the decision and the POST. What was decided longer ago was decided
    /// on evidence that no longer counts, and the machine already waits for a late landing.
    package static let sendWindow: Duration = .seconds(60)

    /// To be asked with a reading taken directly before the POST; GES itself knows no
    /// precondition.
    package func preflight(
        statusCode: String,
        name: String,
        at instant: Timestamp
    ) -> PreflightVerdict {
        if name != graphName {
            return .stop("the graph is now named \"\(name)\", not \"\(graphName)\"")
        }
        if statusCode != expectedStatusCode {
            return .stop("its status is \(statusCode), not \(expectedStatusCode) as decided upon")
        }
        if instant > createdAt + Self.sendWindow || instant < createdAt - Self.sendWindow {
            return .stop("the decision of \(createdAt) is not of the last \(Self.sendWindow.text)")
        }
        return .send
    }
}

package enum PreflightVerdict: Hashable, Sendable {
    case send
    /// Report `RestartOutcome.notSent` with this reason.
    case stop(String)
}
