import JSON
import Listener

/// Conversion between the cloud's requests and answers and the listener's.
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

/// Transmits misbehaving replies, because the listener by itself only sends well-formed ones.
extension CloudReply {
    /// Waits for the delay of a late answer.
    func reply() async -> Reply {
        switch self {
        case .answer(let answer): return answer.reply
        case .late(let answer, let delay):
            try? await Task.sleep(for: delay)
            return answer.reply
        case .never: return .takeover { await $0.waitForClose() }
        case .close: return .takeover { _ in }
        case .drip(let answer, let bytesPerSecond):
            return .takeover { await $0.drip(answer, bytesPerSecond) }
        case .cut(let answer, let bodyBytes):
            return .takeover { await $0.write(answer.message(bodyBytes: bodyBytes)) }
        }
    }
}

extension RawConnection {
    fileprivate func drip(_ answer: CloudAnswer, _ bytesPerSecond: Int) async {
        guard await write(answer.message(bodyBytes: 0)) else { return }
        for chunk in BodyChunk.chunks(of: answer.bytes, bytesPerSecond: bytesPerSecond) {
            guard await write(chunk.bytes) else { return }
            try? await Task.sleep(for: chunk.pause)
        }
    }
}

/// A chunk of a slow body, and how long to wait before the next.
struct BodyChunk: Hashable {
    var bytes: [UInt8]
    var pause: Duration

    /// Ten chunks a second, or single bytes if there are fewer.
    static func chunks(of body: [UInt8], bytesPerSecond: Int) -> [BodyChunk] {
        let rate = max(1, bytesPerSecond)
        let size = max(1, rate / 10)
        return stride(from: 0, to: body.count, by: size).map { start in
            let part = body[start..<min(start + size, body.count)]
            return BodyChunk(bytes: Array(part), pause: .seconds(1) * part.count / rate)
        }
    }
}

extension CloudAnswer {
    fileprivate var reply: Reply {
        isVerbatim ? .takeover { await $0.write(message()) } : .response(response)
    }

    fileprivate var response: ServerResponse {
        var fields = HeaderFields(headers)
        if let contentType { fields["Content-Type"] = contentType }
        return ServerResponse(status: status, headers: fields, body: bytes)
    }

    /// The whole HTTP message, after which the connection closes. It announces the full length of
    /// the body, however much of it is sent.
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
