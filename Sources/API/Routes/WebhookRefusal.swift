import Cycle
package import JSON

/// Why a message was not taken. None of its alerts is on record then.
package enum WebhookRefusal: Error {
    case unauthorized
    /// Our own token cannot be read, so nobody can prove anything.
    case token(String)
    /// Will never be readable, however often it is sent.
    case unreadable(JSONError)
    /// Before the first listing nobody knows which graphs there are.
    case notReady
    case full
    case notStored(String)

    /// The label of the metric.
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

    /// Alertmanager sends again after 5xx and gives up after 4xx, 429 included.
    var status: Int {
        switch self {
        case .unauthorized: 401
        case .unreadable: 400
        case .token, .notReady, .full, .notStored: 503
        }
    }

    var text: String {
        switch self {
        case .unauthorized: "the bearer token of webhook.token_file is missing or another one"
        case .token(let problem): "the token cannot be checked: \(problem)"
        case .unreadable(let error): "\(error)"
        case .notReady: "the graphs were not listed yet; send again"
        case .full: "\(ReceivedAlerts.capacity) received alerts ask for a restart; send again"
        case .notStored(let text): "the alerts cannot be stored; send again: \(text)"
        }
    }
}
