import HTTPClient
import Testing

@Suite struct RequestTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let request: HTTPRequest
    }

    static let bad = [
        Bad(testDescription: "empty URL", request: HTTPRequest(url: "")),
        Bad(testDescription: "relative URL", request: HTTPRequest(url: "/v1/graphs")),
        Bad(testDescription: "no scheme", request: HTTPRequest(url: "example.com/")),
        Bad(testDescription: "file", request: HTTPRequest(url: "file:///etc/passwd")),
        Bad(testDescription: "ftp", request: HTTPRequest(url: "ftp://example.com/")),
        Bad(testDescription: "user name", request: HTTPRequest(url: "http://u:p@example.com/")),
        Bad(testDescription: "space", request: HTTPRequest(url: "http://example.com/a b")),
        Bad(testDescription: "line feed", request: HTTPRequest(url: "http://example.com/\nX: y")),
        Bad(testDescription: "beyond ASCII", request: HTTPRequest(url: "http://example.com/ä")),
        Bad(testDescription: "bad port", request: HTTPRequest(url: "http://example.com:99999/")),
        Bad(
            testDescription: "long URL",
            request: HTTPRequest(url: "http://e.com/" + String(repeating: "a", count: 33_000))
        ),
        Bad(
            testDescription: "no time",
            request: HTTPRequest(url: "http://example.com/", timeout: .zero)
        ),
        Bad(
            testDescription: "HEAD with a body",
            request: HTTPRequest(.head, url: "http://example.com/", body: [1])
        ),
        Bad(testDescription: "smuggled header", request: header("X-A", "1\r\nX-Auth-Token: t")),
        Bad(testDescription: "NUL in a value", request: header("X-A", "1\0")),
        Bad(testDescription: "space in a name", request: header("X A", "1")),
        Bad(testDescription: "colon in a name", request: header("X:A", "1")),
        Bad(testDescription: "empty name", request: header("", "1")),
        Bad(testDescription: "own length", request: header("content-length", "5")),
        Bad(testDescription: "own encoding", request: header("Transfer-Encoding", "chunked")),
        Bad(testDescription: "own connection", request: header("Connection", "close")),
        Bad(
            testDescription: "huge headers",
            request: header("X-A", String(repeating: "x", count: 70_000))
        ),
    ]

    private static func header(_ name: String, _ value: String) -> HTTPRequest {
        HTTPRequest(url: "http://example.com/", headers: [HTTPHeader(name, value)])
    }

    @Test("an invalid request is refused before it is queued", arguments: bad)
    func unsendable(bad: Bad) async throws {
        let client = try HTTPClient()
        defer { client.shutdown() }
        let error = try await client.failure(bad.request)
        #expect(error.kind == .invalidRequest)
        #expect(!error.requestMayHaveBeenSent)
        #expect(!error.description.contains("\r"))
    }

    @Test(
        "a secret header is never printed",
        arguments: [
            "X-Auth-Token", "authorization", "X-Security-Token", "X-Subject-Token", "Cookie",
            "Set-Cookie", "X-Sdk-Date", "Proxy-Authorization", "X-Storage-Token",
        ]
    )
    func secretHeader(name: String) {
        let header = HTTPHeader(name, "hunter2")
        let request = HTTPRequest(
            .post,
            url: "http://h/p?key=hunter2#hunter2",
            headers: [header],
            body: Array("hunter2".utf8)
        )
        let response = HTTPResponse(status: 200, headers: [header], body: Array("hunter2".utf8))
        var dumped = ""
        dump([header], to: &dumped)
        dump(request, to: &dumped)
        dump(response, to: &dumped)
        let texts = [
            "\(header)", "\([header])", String(reflecting: header), "\(request)",
            String(reflecting: request), "\([request])", "\(response)", "\([response])", dumped,
        ]
        for text in texts {
            #expect(!text.contains("hunter2"))
            #expect(text.contains(name) || text.isEmpty)
        }
    }

    @Test("an ordinary header is printed")
    func ordinaryHeader() {
        #expect("\(HTTPHeader("Content-Type", "text/plain"))" == "Content-Type: text/plain")
        #expect(
            "\(HTTPRequest(.put, url: "https://h/p?q=1", body: [1, 2]))"
                == "PUT https://h/p (2 bytes)"
        )
    }

    @Test("an unreadable CA file fails the client, not its requests")
    func unreadableCAFile() {
        #expect(throws: HTTPError.self) {
            _ = try HTTPClient(configuration: .init(caFile: "/nonexistent/ca.pem"))
        }
    }

    @Test("the labels of the reasons are distinct and stable")
    func reasons() {
        #expect(
            HTTPError.Kind.allCases.map(\.rawValue) == [
                "timeout", "dns", "connect", "tls", "too_large", "cut", "protocol", "cancelled",
                "shut_down", "invalid_request", "queue_full", "other",
            ]
        )
    }
}
