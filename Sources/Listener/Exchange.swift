import NIOCore
import NIOHTTP1

/// One request on its way, and what its response depends on.
struct Exchange {
    let head: HTTPRequestHead
    let target: RequestTarget
    let route: Route
    let parameters: [String: String]
    let began: NIODeadline
    var body = ByteBuffer()

    /// The body's declared length; 0 when there is none, nil when it is chunked.
    var declaredLength: Int? { Self.declaredLength(head) }

    static func declaredLength(_ head: HTTPRequestHead) -> Int? {
        if head.headers.contains(name: "Transfer-Encoding") { return nil }
        return head.headers.first(name: "Content-Length").map { Int($0) ?? .max } ?? 0
    }

    func request(remoteAddress: String) -> ServerRequest {
        ServerRequest(
            method: head.method.rawValue,
            target: head.uri,
            path: target.path,
            query: target.query,
            headers: HeaderFields(head.headers.lazy.map { ($0.name, $0.value) }),
            body: Array(body.readableBytesView),
            remoteAddress: remoteAddress,
            parameters: parameters
        )
    }
}
