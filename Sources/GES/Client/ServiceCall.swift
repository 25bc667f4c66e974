import HTTPClient

/// One request before authentication.
struct ServiceCall {
    var service: Service
    /// The metric label `operation`.
    var operation: String
    var method = HTTPMethod.get
    var url: RequestURL
    /// Sent, but not covered by the signature.
    var headers: [HTTPHeader] = []
    /// Covered by the signature.
    var contentType: String?
    var body: [UInt8]?
    /// Secrets in the body, to be hidden in error messages. Secret headers are known by name.
    var secrets: [Secret] = []
    var timeout: Duration
    var maximumResponseBytes: Int { AnswerLimits.bytes(of: operation) }
    /// Whether the request changes something, so that it must be neither queued nor retried.
    var isAction = false
    /// Whether the request gets a connection of its own; nil for what its method demands.
    var freshConnection: Bool?
    /// Whether this is the retry after a 401.
    var isRepeated = false
}
