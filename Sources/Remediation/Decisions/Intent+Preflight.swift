package import Time

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
