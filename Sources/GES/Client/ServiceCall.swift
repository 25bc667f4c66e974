import HTTPClient

/// One request before it is authorised.
struct ServiceCall {
    var service: Service
    /// The metric label `operation`.
    var operation: String
    var method = HTTPMethod.get
    var url: RequestURL
    /// Sent, but not signed.
    var headers: [HTTPHeader] = []
    var contentType: String?
    var body: [UInt8]?
    /// What the body holds and nobody may see; headers are known by their names.
    var secrets: [Secret] = []
    var timeout: Duration
    var maximumResponseBytes = 16 << 20
    /// Changes something, so it is neither queued nor repeated.
    var isAction = false
    var isRepeated = false
}
