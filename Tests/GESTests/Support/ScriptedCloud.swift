import HTTPClient
import Synchronization

@testable import GES
import Time

/// A parsed request of the client.
struct ReceivedRequest: Sendable {
    let method: HTTPMethod
    let url: String
    let headers: [HTTPHeader]
    let body: String
    let hasBody: Bool
    let timeout: Duration
    let usesFreshConnection: Bool
    let maximumResponseBytes: Int

    init(_ request: HTTPRequest) {
        method = request.method
        url = request.url
        headers = request.headers
        body = String(decoding: request.body ?? [], as: UTF8.self)
        hasBody = request.body != nil
        timeout = request.timeout
        usesFreshConnection = request.freshConnection
        maximumResponseBytes = request.maximumResponseBytes
    }

    /// Without scheme and host.
    var target: String {
        "/" + url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)[3]
    }

    var path: String { String(target.prefix { $0 != "?" }) }

    func query(_ name: String) -> String? {
        target.split(separator: "?").last?.split(separator: "&")
            .first { $0.hasPrefix(name + "=") }
            .map { String($0.dropFirst(name.utf8.count + 1)) }
    }

    func header(_ name: String) -> String? { headers.first(named: name) }
}

/// A cloud with scripted responses, without sockets.
final class ScriptedCloud: HTTPTransport {
    typealias Script = @Sendable (ReceivedRequest) async throws(HTTPError) -> HTTPResponse

    private let script: Script
    private let state = Mutex<[ReceivedRequest]>([])

    init(_ script: @escaping Script) {
        self.script = script
    }

    /// Returns the n-th response to the n-th request, and the last one from then on.
    convenience init(answers: [HTTPResponse]) {
        let next = Mutex(0)
        self.init { (_) async throws(HTTPError) in
            next.withLock { index in
                defer { index += 1 }
                return answers[min(index, answers.count - 1)]
            }
        }
    }

    var received: [ReceivedRequest] { state.withLock(\.self) }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let received = ReceivedRequest(request)
        state.withLock { $0.append(received) }
        return try await script(received)
    }
}

extension HTTPResponse {
    static func json(
        _ text: String,
        status: Int = 200,
        headers: [HTTPHeader] = []
    ) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: [HTTPHeader("Content-Type", "application/json")] + headers,
            body: Array(text.utf8)
        )
    }

    static func token(
        _ token: String,
        lifeSeconds: Int64 = 86_400,
        issuedAt: Timestamp
    ) -> HTTPResponse {
        let expiry = issuedAt + .seconds(lifeSeconds)
        return json(
            #"{"token":{"expires_at":"\#(expiry)","issued_at":"\#(issuedAt)"}}"#,
            status: 201,
            headers: [HTTPHeader("X-Subject-Token", token)]
        )
    }
}
