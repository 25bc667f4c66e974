import HTTPClient
import Time

/// What came back for one request, with what must not be repeated of it.
struct ServiceAnswer: Sendable {
    let response: HTTPResponse
    let sent: SentSecrets

    init(_ response: HTTPResponse, sent: SentSecrets = .none) {
        self.response = response
        self.sent = sent
    }

    var status: Int { response.status }
    var body: [UInt8] { response.body }

    func header(_ name: String) -> String? { response.header(name) }

    /// What the service asks for in `Retry-After`; nil when it does not.
    func retryAfter(now: Timestamp) -> Duration? {
        header("Retry-After").flatMap {
            RetryAfter.duration($0, serverDate: header("Date"), now: now)
        }
    }
}
