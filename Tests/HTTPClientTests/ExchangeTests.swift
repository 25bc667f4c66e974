import Glibc
import HTTPClient
import Testing

@Suite struct ExchangeTests {
    @Test("a response has its status, its headers in order and its body")
    func answer() async throws {
        try await withServer { connection in
            connection.readRequest()
            connection.respond(
                status: "202 Accepted",
                headers: ["X-A: 1", "X-B:  two words \t", "x-a: 3"],
                body: Array("body".utf8)
            )
        } _: { client, server in
            let response = try await client.send(HTTPRequest(url: server.url, timeout: patience))
            #expect(response.status == 202)
            #expect(
                response.headers == [
                    HTTPHeader("Content-Length", "4"), HTTPHeader("X-A", "1"),
                    HTTPHeader("X-B", "two words"), HTTPHeader("x-a", "3"),
                ]
            )
            #expect(response.header("x-b") == "two words")
            #expect(response.header("X-A") == "1")
            #expect(response.body == Array("body".utf8))
            #expect(response.duration > .zero)
        }
    }

    @Test(
        "any status is a response",
        arguments: [204, 301, 304, 400, 401, 403, 404, 429, 500, 502, 503, 504]
    )
    func anyStatus(status: Int) async throws {
        try await withServer { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 \(status) X\r\n")
            connection.write(status == 204 || status == 304 ? "\r\n" : "Content-Length: 0\r\n\r\n")
        } _: { client, server in
            let response = try await client.send(HTTPRequest(url: server.url, timeout: patience))
            #expect(response.status == status)
            #expect(response.body.isEmpty)
        }
    }

    @Test("a request is sent as written, without headers added by libcurl")
    func requestAsWritten() async throws {
        try await withServer {
            $0.serveAll()
        } _: { client, server in
            _ = try await client.send(
                HTTPRequest(
                    .post,
                    url: server.url + "/a/../b/./c?x=%2F&y=1",
                    headers: [HTTPHeader("X-Auth-Token", "t"), HTTPHeader("X-Empty", "")],
                    body: Array("{\"a\":1}".utf8),
                    timeout: patience
                )
            )
            let request = try #require(server.requests.first)
            let lines = request.split(separator: "\r\n", omittingEmptySubsequences: false)
            #expect(lines.first == "POST /a/../b/./c?x=%2F&y=1 HTTP/1.1")
            #expect(lines.last == "{\"a\":1}")
            #expect(
                Set(lines.dropFirst().dropLast(2)) == [
                    "Host: 127.0.0.1:\(server.port)", "User-Agent: graphwarden", "Accept: */*",
                    "Accept-Encoding: deflate, gzip, br, zstd", "X-Auth-Token: t", "X-Empty:",
                    "Content-Length: 7",
                ]
            )
        }
    }

    struct Form: Sendable, CustomTestStringConvertible {
        let method: HTTPMethod
        let body: [UInt8]?
        let length: String?
        var testDescription: String { "\(method.rawValue) \(body?.count ?? -1)" }
    }

    @Test(
        "every method works with and without a body",
        arguments: [
            Form(method: .get, body: nil, length: nil),
            Form(method: .head, body: nil, length: nil),
            Form(method: .delete, body: nil, length: nil),
            Form(method: .post, body: nil, length: "Content-Length: 0"),
            Form(method: .put, body: nil, length: "Content-Length: 0"),
            Form(method: .put, body: [0, 1, 0, 255], length: "Content-Length: 4"),
            Form(method: .patch, body: [1], length: "Content-Length: 1"),
            Form(method: .delete, body: [1, 2], length: "Content-Length: 2"),
            Form(method: .get, body: [1, 2, 3], length: "Content-Length: 3"),
        ]
    )
    func methods(form: Form) async throws {
        try await withServer { connection in
            connection.readRequest()
            connection.respond(headers: ["X-Length: 9"])
        } _: { client, server in
            let response = try await client.send(
                HTTPRequest(form.method, url: server.url, body: form.body, timeout: patience)
            )
            #expect(response.status == 200)
            let request = try #require(server.requests.first)
            #expect(request.hasPrefix("\(form.method.rawValue) / HTTP/1.1\r\n"))
            let lengths = request.split(separator: "\r\n").filter { $0.hasPrefix("Content-L") }
            #expect(lengths == (form.length.map { [Substring($0)] } ?? []))
            if let body = form.body {
                #expect(request.hasSuffix("\r\n\r\n" + String(decoding: body, as: UTF8.self)))
            }
        }
    }

    /// libcurl waits for "100 Continue" only before a body of more than a megabyte.
    @Test("a large body is sent without Expect: 100-continue")
    func largeBody() async throws {
        try await withServer {
            $0.serveAll()
        } _: { client, server in
            let body = [UInt8](repeating: 65, count: 1_100_000)
            _ = try await client.send(
                HTTPRequest(.put, url: server.url, body: body, timeout: patience)
            )
            let request = try #require(server.requests.first)
            #expect(request.utf8.count > body.count)
            #expect(!request.contains("Expect"))
        }
    }

    @Test("HEAD has the headers and no body, whatever the length says")
    func head() async throws {
        try await withServer { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n")
        } _: { client, server in
            let response = try await client.send(
                HTTPRequest(.head, url: server.url, timeout: patience, maximumResponseBytes: 10)
            )
            #expect(response.header("content-length") == "5000000000")
            #expect(response.body.isEmpty)
        }
    }

    @Test("a redirect is a response: nothing is sent to the other host")
    func redirect() async throws {
        let other = try FaultServer { $0.serveAll() }
        defer { other.stop() }
        let location = "Location: \(other.url)/stolen"
        try await withServer { connection in
            connection.readRequest()
            connection.respond(status: "302 Found", headers: [location])
        } _: { client, server in
            let response = try await client.send(
                HTTPRequest(
                    url: server.url,
                    headers: [HTTPHeader("X-Auth-Token", "secret")],
                    timeout: patience
                )
            )
            #expect(response.status == 302)
            #expect(response.header("Location") == "\(other.url)/stolen")
            #expect(other.connectionCount == 0)
            #expect(server.requests.count == 1)
        }
    }

    @Test("interim responses and trailers add no headers")
    func interimAnswers() async throws {
        try await withServer { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 100 Continue\r\n\r\n")
            connection.write("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n")
            connection.write("3\r\nabc\r\n2\r\nde\r\n0\r\nX-Auth-Token: forged\r\n\r\n")
        } _: { client, server in
            let response = try await client.send(
                HTTPRequest(.post, url: server.url, body: [1], timeout: patience)
            )
            #expect(response.status == 200)
            #expect(response.body == Array("abcde".utf8))
            #expect(response.headers.map(\.name) == ["Transfer-Encoding", "X-A"])
        }
    }

    @Test("a gzip body arrives decompressed")
    func gzip() async throws {
        let text = Array("a body that was never really compressed".utf8)
        try await withServer { connection in
            connection.readRequest()
            connection.respond(headers: ["Content-Encoding: gzip"], body: Gzip.stored(text))
        } _: { client, server in
            let response = try await client.send(HTTPRequest(url: server.url, timeout: patience))
            #expect(response.body == text)
        }
    }

    @Test("a proxy is used when configured")
    func proxy() async throws {
        let proxy = try FaultServer { $0.serveAll(body: Array("from the proxy".utf8)) }
        defer { proxy.stop() }
        let client = try HTTPClient(configuration: .init(proxyURL: proxy.url))
        defer { client.shutdown() }
        let response = try await client.send(
            HTTPRequest(url: "http://ges.example/v1", timeout: patience)
        )
        #expect(response.body == Array("from the proxy".utf8))
        #expect(proxy.requests.first?.hasPrefix("GET http://ges.example/v1 ") == true)
    }

    @Test("the proxies of the environment are not used")
    func environmentProxy() async {
        await #expect(processExitsWith: .success) {
            try await ExchangeTests.sendPastProxies()
        }
    }

    /// In a separate process, because the environment is global.
    private static func sendPastProxies() async throws {
        for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
            unsafe setenv(name, "http://127.0.0.1:1", 1)
        }
        try await withServer {
            $0.serveAll()
        } _: { client, server in
            _ = try await client.send(HTTPRequest(url: server.url, timeout: patience))
        }
    }
}
