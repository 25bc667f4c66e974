import HTTPClient
import Time

/// The response to one request, with the secrets of the request, which must not be quoted from it.
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

    /// The pause requested in `Retry-After`; nil without one.
    func retryAfter(now: Timestamp) -> Duration? {
        header("Retry-After").flatMap {
            RetryAfter.duration($0, serverDate: header("Date"), now: now)
        }
    }

    /// Status and body as they came, but for secrets, for the record.
    var quote: String {
        let text = String(decoding: body.prefix(Self.quotedBytes), as: UTF8.self)
        let shown = SecretFields.hidden(in: sent.hidden(in: text))
        return "\(status) \(shown)" + (body.count > Self.quotedBytes ? "…" : "")
    }

    private static let quotedBytes = 4 << 10
}
