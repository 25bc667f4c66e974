package import Cycle
package import JSON

/// Why a message was refused.
package enum WebhookRefusal: Error {
    case unauthorized
    /// The file with the expected token cannot be read, so no sender can be authorized.
    case token(String)
    /// The message is malformed; sending it again cannot help.
    case unreadable(JSONError)
    /// The graphs have not been listed yet, so it is unknown which graphs some alerts are about.
    /// With the reception of each alert, because the others were recorded; empty if none was.
    case notReady([Reception])
    case full
    case notStored(String)

    /// The value of the `reason` label.
    var reason: String {
        switch self {
        case .unauthorized: "auth"
        case .token: "token"
        case .unreadable: "parse"
        case .notReady: "not_ready"
        case .full: "full"
        case .notStored: "store"
        }
    }

    static let reasons = ["auth", "token", "parse", "not_ready", "full", "store"]

    /// Alertmanager retries after 5xx but not after 4xx, not even after 429.
    var status: Int {
        switch self {
        case .unauthorized: 401
        case .unreadable: 400
        case .token, .notReady, .full, .notStored: 503
        }
    }

    var text: String {
        switch self {
        case .unauthorized: "the bearer token is missing or differs from webhook.token_file"
        case .token(let problem): "the token cannot be checked: \(problem)"
        case .unreadable(let error): "\(error)"
        case .notReady: "the graphs have not been listed yet; retry later"
        case .full: "\(ReceivedAlerts.capacity) received alerts ask for a restart; retry later"
        case .notStored(let text): "the alerts cannot be stored; retry later: \(text)"
        }
    }
}
