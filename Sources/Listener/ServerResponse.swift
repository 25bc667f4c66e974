/// A handler's response. The listener adds `Content-Length`, `Date`, `Connection`,
/// `Content-Encoding` and the default headers; a default header set here takes precedence.
package struct ServerResponse: Sendable, Hashable {
    package var status: Int
    package var headers: HeaderFields
    package var body: [UInt8]
    /// The same body compressed with gzip, for handlers that compress once and respond many times.
    /// If nil, the listener compresses text bodies for clients that accept gzip.
    package var gzipBody: [UInt8]?
    /// Sent instead of `body`, even if the memory of responses is used up, and never compressed:
    /// the handler chooses the coding.
    package var sharedBody: SharedBody?

    /// The number of bytes of the body.
    var bodyCount: Int { sharedBody?.count ?? body.count }

    package init(
        status: Int,
        headers: HeaderFields = [:],
        body: [UInt8] = [],
        gzipBody: [UInt8]? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.gzipBody = gzipBody
    }

    package static func text(
        _ text: String,
        status: Int = 200,
        headers: HeaderFields = [:]
    ) -> ServerResponse {
        make(status, "text/plain; charset=utf-8", headers, Array(text.utf8))
    }

    package static func html(_ text: String, status: Int = 200) -> ServerResponse {
        make(status, "text/html; charset=utf-8", [:], Array(text.utf8))
    }

    /// `body` must already be JSON.
    package static func json(
        _ body: [UInt8],
        status: Int = 200,
        headers: HeaderFields = [:]
    ) -> ServerResponse {
        make(status, "application/json", headers, body)
    }

    private static func make(
        _ status: Int,
        _ contentType: String,
        _ headers: HeaderFields,
        _ body: [UInt8]
    ) -> ServerResponse {
        var headers = headers
        if headers["Content-Type"] == nil { headers["Content-Type"] = contentType }
        return ServerResponse(status: status, headers: headers, body: body)
    }
}

/// What a handler does with a request.
package enum Reply: Sendable {
    case response(ServerResponse)
    /// Sends status and headers of the response and then what the function writes, with chunked
    /// coding. The function returns whether it wrote everything; if not, the connection is closed
    /// so that the client does not take a part for the whole. Not compressed.
    case stream(ServerResponse, @Sendable (ResponseStream) async -> Bool)
    /// Takes over the connection, which is closed when the function returns.
    case takeover(@Sendable (RawConnection) async -> Void)
}

/// Handles requests. Called off the event loop, in one task per request. Must return soon after its
/// task is cancelled, or it delays the server's shutdown.
package protocol RequestHandler: Sendable {
    func reply(to request: ServerRequest) async -> Reply
}

/// A handler that calls a function.
package struct FunctionHandler: RequestHandler {
    private let function: @Sendable (ServerRequest) async -> Reply

    package init(_ function: @escaping @Sendable (ServerRequest) async -> Reply) {
        self.function = function
    }

    package func reply(to request: ServerRequest) async -> Reply {
        await function(request)
    }
}
