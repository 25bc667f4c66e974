// GES knows no precondition: it cannot be asked to restart a graph only if nothing has changed.
// The preflight is the next best. It shortens the time between looking and acting to one round
// trip.

package import Time

extension Intent {
    /// The longest time between the decision and the POST. An older decision rests on evidence
    /// that no longer counts, and by then the machine already expects a late landing.
    package static let sendWindow: Duration = .seconds(60)

    /// Whether to send the POST, given a reading of the graph taken directly before.
    package func preflight(
        statusCode: String,
        name: String,
        at instant: Timestamp
    ) -> PreflightVerdict {
        if name != graphName {
            return .stop("the graph is now named \"\(name)\", not \"\(graphName)\"")
        }
        if statusCode != expectedStatusCode {
            return .stop(
                "its status is now \(statusCode); the \(action.rawValue) was decided for \(expectedStatusCode)"
            )
        }
        // Also a decision from the future: the clock was set in between.
        if instant > createdAt + Self.sendWindow || instant < createdAt - Self.sendWindow {
            return .stop(
                "it was decided at \(createdAt), not within the last \(Self.sendWindow.text)"
            )
        }
        return .send
    }
}

package enum PreflightVerdict: Hashable, Sendable {
    case send
    /// Report `RestartOutcome.notSent` with this reason.
    case stop(String)
}
