import NIOCore
import NIOHTTP1

/// One request on its way, and what its response depends on.
struct Exchange {
    let head: HTTPRequestHead
    let target: RequestTarget
    let route: Route
    let parameters: [String: String]
    let began: NIODeadline
    private var body = ByteBuffer()
    /// How much of the memory for bodies this one takes until the exchange is over.
    private(set) var bodyBytes = 0

    init(
        head: HTTPRequestHead,
        target: RequestTarget,
        route: Route,
        parameters: [String: String],
        began: NIODeadline
    ) {
        self.head = head
        self.target = target
        self.route = route
        self.parameters = parameters
        self.began = began
    }

    /// The body's declared length; 0 when there is none, nil when it is chunked.
    static func declaredLength(_ head: HTTPRequestHead) -> Int? {
        if head.headers.contains(name: "Transfer-Encoding") { return nil }
        return head.headers.first(name: "Content-Length").map { Int($0) ?? .max } ?? 0
    }

    mutating func append(_ bytes: ByteBuffer) {
        body.writeImmutableBuffer(bytes)
        bodyBytes += bytes.readableBytes
    }

    /// The whole request. Its body is kept there alone from now on.
    mutating func takeRequest(remoteAddress: String) -> ServerRequest {
        defer { body = ByteBuffer() }
        return ServerRequest(
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
