import JSON
import Listener

/// Between the cloud's requests and answers and the listener's.
extension CloudRequest {
    init(_ request: ServerRequest, at entrance: Entrance) {
        self.init(
            request.method,
            String(request.target.prefix { $0 != "?" }),
            query: request.query.map { ($0.name, $0.value) },
            headers: request.headers.map { ($0.name, $0.value) },
            body: request.body,
            entrance: entrance
        )
    }
}

extension Reply {
    init(_ reply: CloudReply) {
        switch reply {
        case .answer(let answer): self = answer.reply
        case .late(let answer, let delay): self = .after(delay, answer.reply)
        case .never: self = .never
        case .close: self = .close
        case .drip(let answer, let bytesPerSecond):
            self = .drip(answer.response, bytesPerSecond: bytesPerSecond)
        case .cut(let answer, let bodyBytes):
            self = .raw(answer.message(bodyBytes: bodyBytes))
        }
    }
}

extension CloudAnswer {
    fileprivate var reply: Reply {
        isVerbatim ? .raw(message()) : .response(response)
    }

    fileprivate var response: ServerResponse {
        var fields = HeaderFields(headers)
        if let contentType { fields["Content-Type"] = contentType }
        return ServerResponse(status: status, headers: fields, body: bytes)
    }

    /// The whole HTTP message, after which the connection closes. The length that it announces is the
    /// whole body's, however much of it follows.
    fileprivate func message(bodyBytes: Int = .max) -> [UInt8] {
        let bytes = bytes
        var head = "HTTP/1.1 \(status) \(Self.reason(status))\r\n"
        for header in headers { head += "\(header.name): \(header.value)\r\n" }
        if let contentType { head += "Content-Type: \(contentType)\r\n" }
        head += "Content-Length: \(bytes.count)\r\nConnection: close\r\n\r\n"
        return Array(head.utf8) + bytes.prefix(max(0, bodyBytes))
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 302: "Found"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 408: "Request Timeout"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: "Status"
        }
    }
}
