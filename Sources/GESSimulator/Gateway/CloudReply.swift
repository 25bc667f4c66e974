package import JSON

/// An HTTP answer, independent of how it is transmitted.
package struct CloudAnswer: Sendable {
    package enum Body: Sendable {
        case empty
        case json(JSONValue)
        case bytes([UInt8], contentType: String)
        /// A gzip stream that inflates to this many bytes.
        case gzipBomb(inflatedBytes: Int)
    }

    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: Body
    /// Sent unchanged, bypassing the listener's own headers: with a wrong Date, or already
    /// compressed.
    var isVerbatim = false

    init(_ status: Int, _ body: Body, headers: [(name: String, value: String)] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    init(_ document: JSONValue, status: Int = 200) {
        self.init(status, .json(document))
    }

    /// The body as it is sent.
    package var bytes: [UInt8] {
        switch body {
        case .empty: []
        case .bytes(let bytes, _): bytes
        case .gzipBomb(let count): GzipBomb.bytes(inflatingTo: count)
        // Serialization fails on non-finite numbers only, and no answer holds one.
        case .json(let document): (try? document.serialized()) ?? []
        }
    }

    /// The `Content-Type` header; nil for an answer without a body.
    package var contentType: String? {
        switch body {
        case .empty: nil
        case .bytes(_, let contentType): contentType
        case .gzipBomb: "application/json"
        case .json: "application/json;charset=utf-8"
        }
    }

    /// The JSON body; nil for another body.
    package var document: JSONValue? {
        guard case .json(let document) = body else { return nil }
        return document
    }
}

/// What happens on the wire.
package enum CloudReply: Sendable {
    case answer(CloudAnswer)
    /// The same after this delay.
    case late(CloudAnswer, Duration)
    /// The connection stays open and silent.
    case never
    /// The connection is closed without an answer.
    case close
    /// The answer's bytes one by one.
    case drip(CloudAnswer, bytesPerSecond: Int)
    /// The full length is announced, this many bytes of the body follow, then the connection
    /// closes.
    case cut(CloudAnswer, bodyBytes: Int)

    /// nil if nothing is answered.
    package var answer: CloudAnswer? {
        switch self {
        case .answer(let answer), .late(let answer, _), .drip(let answer, _), .cut(let answer, _):
            answer
        case .never, .close: nil
        }
    }
}
