/// Scheme, host and port: what connections are counted by.
struct Origin: Hashable, Sendable {
    let scheme: String
    let host: String
    let port: Int
}

/// What is wrong with a request is found before it waits in the queue.
enum RequestCheck {
    static let maximumURLBytes = 32 << 10
    static let maximumHeaderBytes = 64 << 10
    static let maximumBodyBytes = 16 << 20

    /// These are derived from the request; a second copy would make two readers disagree about
    /// where the request ends.
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
        // libcurl would wait for the body of the answer, which HEAD never has.
        guard request.method != .head || request.body == nil else {
            throw invalid("HEAD has no body")
        }
        try check(request.headers)
        guard request.url.utf8.count <= maximumURLBytes else {
            throw invalid("the URL is longer than \(maximumURLBytes) bytes")
        }
        guard request.url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw invalid("the URL holds a space, a control character or a byte beyond ASCII")
        }
        return try CurlURL.origin(of: request.url)
    }

    private static func check(_ headers: [HTTPHeader]) throws(HTTPError) {
        var size = 0
        for header in headers {
            guard !header.name.isEmpty, header.name.utf8.allSatisfy(isTokenByte) else {
                throw invalid("\(header.name.debugDescription) is no header name")
            }
            guard !ownHeaders.contains(header.name.lowercased()) else {
                throw invalid("the header \(header.name) is set by the client itself")
            }
            guard header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw invalid("the value of \(header.name) holds a control character")
            }
            size += header.name.utf8.count + header.value.utf8.count + 4
        }
        guard size <= maximumHeaderBytes else {
            throw invalid("the headers are larger than \(maximumHeaderBytes) bytes")
        }
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
