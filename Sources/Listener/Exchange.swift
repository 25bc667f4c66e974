import NIOCore
import NIOHTTP1

/// A routed request while its body is read and its response is sent.
struct Exchange {
    let head: HTTPRequestHead
    let target: RequestTarget
    let route: Route
    let parameters: [String: String]
    let user: String?
    /// When the head was complete; the start of the measured duration.
    let began: NIODeadline
    /// Completes when the client has left.
    let departure = Completion()
    private var body = ByteBuffer()
    /// Bytes reserved from `maximumBufferedBodyBytes` until the exchange ends.
    private(set) var bodyBytes = 0
    /// Bytes that the coding of the body took beyond those of the body.
    private var overhead = 0

    init(_ arrival: Arrival, route: Route, parameters: [String: String], user: String?) {
        head = arrival.head
        target = arrival.target
        self.route = route
        self.parameters = parameters
        self.user = user
        began = .now()
    }

    /// The declared body length: 0 without a body, nil if chunked. An unreadable or overflowing
    /// length counts as the largest, so it exceeds every limit.
    static func declaredLength(_ head: HTTPRequestHead) -> Int? {
        if head.headers.contains(name: "Transfer-Encoding") { return nil }
        return head.headers.first(name: "Content-Length").map { Int($0) ?? .max } ?? 0
    }

    /// Returns false if the body comes in so many tiny chunks that reading it costs far more than
    /// its length (as in Go's `net/http`).
    mutating func append(_ bytes: ByteBuffer) -> Bool {
        overhead = max(0, overhead + Self.chunkOverheadBytes - bytes.readableBytes)
        body.writeImmutableBuffer(bytes)
        bodyBytes += bytes.readableBytes
        return overhead <= Self.maximumOverheadBytes
    }

    private static let chunkOverheadBytes = 16
    private static let maximumOverheadBytes = 16 << 10

    /// Returns the complete request, but for its query, and moves the body into it, so that it is
    /// not held twice.
    mutating func takeRequest(remoteAddress: String) -> ServerRequest {
        defer { body = ByteBuffer() }
        var request = ServerRequest(
            method: head.method.rawValue,
            target: head.uri,
            path: target.path,
            headers: HeaderFields(head.headers.lazy.map { ($0.name, $0.value) }),
            body: Array(body.readableBytesView),
            remoteAddress: remoteAddress,
            parameters: parameters
        )
        request.departure = departure
        request.user = user
        return request
    }
}

extension ServerRequest {
    /// A request without its body. Decodes the query: not to be called on the event loop.
    init(
        _ arrival: Arrival,
        _ parameters: [String: String],
        user: String?,
        remoteAddress: String
    ) {
        self.init(
            method: arrival.head.method.rawValue,
            target: arrival.head.uri,
            path: arrival.target.path,
            query: arrival.target.query ?? [],
            headers: arrival.headers,
            remoteAddress: remoteAddress,
            parameters: parameters
        )
        departure = arrival.departure
        self.user = user
    }
}
