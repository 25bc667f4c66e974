/// Scheme, host and port. Connections are limited per origin.
struct Origin: Hashable, Sendable {
    let scheme: String
    let host: String
    let port: Int
}

/// Validates requests before they are queued, so that a malformed one fails immediately and libcurl
/// never sees it.
enum RequestCheck {
    static let maximumURLBytes = 32 << 10
    static let maximumHeaderBytes = 64 << 10
    static let maximumBodyBytes = 16 << 20

    /// Headers that the client derives from the request. A second copy could make a proxy and a
    /// server disagree about where the request ends (request smuggling).
    private static let ownHeaders: Set<String> = [
        "content-length", "transfer-encoding", "connection", "expect",
    ]

    static func origin(of request: HTTPRequest) throws(HTTPError) -> Origin {
        guard request.timeout > .zero else { throw invalid("the timeout is not positive") }
        guard request.maximumResponseBytes >= 0 else {
            throw invalid("maximumResponseBytes is negative")
        }
        guard request.body?.count ?? 0 <= maximumBodyBytes else {
            throw invalid("the body is larger than \(maximumBodyBytes) bytes")
        }
        // With a request body, libcurl would wait for a response body, which HEAD never has.
        guard request.method != .head || request.body == nil else {
            throw invalid("a HEAD request must not have a body")
        }
        try check(request.headers)
        guard request.url.utf8.count <= maximumURLBytes else {
            throw invalid("the URL is longer than \(maximumURLBytes) bytes")
        }
        guard request.url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw invalid("the URL contains a space, a control character or a non-ASCII byte")
        }
        return try CurlURL.origin(of: request.url)
    }

    private static func check(_ headers: [HTTPHeader]) throws(HTTPError) {
        var size = 0
        for header in headers {
            guard !header.name.isEmpty, header.name.utf8.allSatisfy(isTokenByte) else {
                throw invalid("\(header.name.debugDescription) is not a valid header name")
            }
            guard !ownHeaders.contains(header.name.lowercased()) else {
                throw invalid("the client sets the header \(header.name) itself")
            }
            guard !hasControlCharacter(header.value) else {
                throw invalid("the value of \(header.name) contains a control character")
            }
            size += header.name.utf8.count + header.value.utf8.count + 4
        }
        guard size <= maximumHeaderBytes else {
            throw invalid("the headers are larger than \(maximumHeaderBytes) bytes")
        }
    }

    /// Reads the bytes in place: tokens have thousands, and every request has one.
    private static func hasControlCharacter(_ text: String) -> Bool {
        let bytes = text.utf8.span
        for index in bytes.indices {
            let byte = bytes[index]
            if byte < 0x20 && byte != 0x09 || byte == 0x7F { return true }
        }
        return false
    }

    /// `tchar` of RFC 9110, 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    static func invalid(_ message: String) -> HTTPError {
        HTTPError(.invalidRequest, requestMayHaveBeenSent: false, message: message)
    }
}
