import TestSupport
import Listener
import Testing

@Test("a response has a date, a length and the security headers")
func responseHead() async throws {
    try await withClient { client in
        client.send(get("/hello"))
        let response = try #require(client.response())
        #expect(response.status == 200)
        #expect(response.text == "hello\n")
        #expect(response.headers["content-length"] == "6")
        #expect(response.headers["content-type"] == "text/plain; charset=utf-8")
        let policy = response.headers["content-security-policy"] ?? ""
        #expect(policy.hasPrefix("default-src 'self'; "))
        #expect(policy.contains("frame-ancestors 'none'"))
        #expect(response.headers["x-content-type-options"] == "nosniff")
        #expect(response.headers["x-frame-options"] == "DENY")
        #expect(response.headers["date"]?.hasSuffix(" GMT") == true)
        #expect(response.headers["server"] == nil)
        #expect(response.headers["connection"] == nil)
    }
}

@Test("a handler's headers win over the defaults")
func handlerHeadersWin() async throws {
    let route = Route("GET", "/") { _ in
        .response(.text("x", headers: ["x-frame-options": "SAMEORIGIN"]))
    }
    try await withClient(of: [route]) { client in
        client.send(get("/"))
        #expect(client.response()?.headers["x-frame-options"] == "SAMEORIGIN")
    }
}

@Test("HEAD has the headers of GET and no body, and the connection stays open")
func head() async throws {
    try await withClient { client in
        client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n" + get("/hello"))
        let head = try #require(client.response(toHead: true))
        #expect(head.status == 200)
        #expect(head.headers["content-length"] == "6")
        #expect(client.response()?.text == "hello\n")
    }
}

@Test("an unknown path is 404, a wrong method 405 with Allow; the connection stays open")
func notFoundAndNotAllowed() async throws {
    try await withClient { client in
        client.send(get("/nope") + "DELETE /hello HTTP/1.1\r\nHost: a\r\n\r\n" + get("/hello"))
        #expect(client.response()?.status == 404)
        let notAllowed = try #require(client.response())
        #expect(notAllowed.status == 405)
        #expect(notAllowed.headers["allow"] == "GET, HEAD")
        #expect(client.response()?.status == 200)
    }
}

@Test("a refused request with a body closes the connection after the answer")
func refusedBody() async throws {
    try await withClient { client in
        client.send(post("/nope", "x=1") + get("/hello"))
        let response = try #require(client.response())
        #expect(response.status == 404)
        #expect(response.headers["connection"] == "close")
        #expect(client.isClosed())
    }
}

@Test("pipelined requests are answered in order")
func pipelining() async throws {
    let route = Route("GET", "/{number}") { request in
        let number = request.parameters["number"] ?? ""
        if number == "0" { await letOthersRun() }
        return .response(.text(number))
    }
    try await withClient(of: [route]) { client in
        client.send((0..<300).map { get("/\($0)") }.joined())
        for number in 0..<300 { #expect(client.response()?.text == "\(number)") }
    }
}

@Test("thousands of pipelined requests are refused one after the other")
func pipelinedRefusals() async throws {
    let route = Route("GET", "/slow") { _ in
        await letOthersRun()
        return .response(.text("x"))
    }
    let count = 5_000
    try await withServer([route]) { server in
        let port = server.port
        let client = try await onThread { () -> RawClient.Detached in
            let client = try RawClient(port: port)
            client.send(get("/slow"))
            return client.detach()
        }
        async let sent = onThread {
            let client = RawClient(client)
            return client.send(String(repeating: "GET /x HTTP/1.1\r\nHost:\r\n\r\n", count: count))
        }
        let statuses = try await onThread {
            let reader = RawClient(client)
            return (0...count).map { _ in reader.response()?.status ?? 0 }
        }
        #expect(try await sent)
        #expect(statuses.first == 200)
        #expect(Set(statuses.dropFirst()) == [404])
        client.close()
    }
}

@Test("bodies with a length and in chunks arrive complete")
func bodies() async throws {
    try await withClient { client in
        client.send(post("/echo", "hello"))
        #expect(client.response()?.text == "hello")
        client.send(
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        )
        #expect(client.response()?.text == "abcde")
    }
}

@Test("a request sent in single bytes is parsed")
func singleBytes() async throws {
    try await withClient { client in
        for byte in post("/echo", "hello").utf8 { client.send([byte]) }
        #expect(client.response()?.text == "hello")
    }
}

@Test("a client that waits for 100 Continue receives it")
func expectContinue() async throws {
    try await withClient { client in
        client.send(
            "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        )
        #expect(client.response()?.status == 100)
        client.send("ok")
        #expect(client.response()?.text == "ok")
    }
}

@Test(
    "an invalid request is answered with 400 and closed",
    arguments: [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET hello HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        "GET /\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n",
        "GET / HTTP/1.1\r\n Folded: a\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        "\u{16}\u{3}\u{1} TLS\r\n\r\n",
    ]
)
func malformed(request: String) async throws {
    try await withClient { client in
        client.send(request)
        let response = try #require(client.response())
        #expect(response.status == 400)
        #expect(response.headers["connection"] == "close")
        #expect(client.isClosed())
    }
}

@Test("a query that is not properly encoded is 400 and calls no handler; the connection stays open")
func malformedQuery() async throws {
    try await withServer { server in
        let port = server.port
        try await onThread {
            let client = try RawClient(port: port)
            for query in ["a=%ff", "%zz", "a=b&%00"] {
                client.send(get("/hello?" + query))
                #expect(client.response()?.status == 400, "\(query)")
            }
            client.send(get("/hello?a=%20"))
            #expect(client.response()?.status == 200)
        }
        #expect(server.statistics.rejections == [.malformed: 3])
        #expect(server.statistics.requests.values.reduce(0, +) <= 1)
        try await eventually("nothing is in flight") { server.statistics.requestsInFlight == 0 }
    }
}

@Test("a body in very many tiny chunks is 400, one in few is read", arguments: [500, 20_000])
func tinyChunks(count: Int) async throws {
    try await withClient { client in
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        client.send(String(repeating: "1\r\nx\r\n", count: count) + "0\r\n\r\n")
        let response = client.response()
        #expect(response?.status == (count == 500 ? 200 : 400))
        #expect(response?.body.count == 500 || count != 500)
    }
}

@Test("garbage after a valid request does not prevent its response")
func garbageAfterRequest() async throws {
    try await withClient { client in
        client.send(get("/hello") + "garbage\r\n\r\n")
        #expect(client.response()?.text == "hello\n")
    }
}

@Test(
    "the connection closes when the client asks, with HTTP/1.0, and after an offer to upgrade",
    arguments: [
        get("/hello", "Connection: close"), "GET /hello HTTP/1.0\r\n\r\n",
        get("/hello", "Connection: Upgrade", "Upgrade: h2c"),
    ]
)
func closes(request: String) async throws {
    try await withClient { client in
        client.send(request)
        let response = try #require(client.response())
        #expect(response.status == 200)
        #expect(response.headers["connection"] == "close")
        #expect(client.isClosed())
    }
}

@Test("a client that has half-closed the connection still gets the response")
func halfClosed() async throws {
    let route = Route("GET", "/") { _ in
        await letOthersRun()
        return .response(.text("late"))
    }
    try await withClient(of: [route]) { client in
        client.send(get("/"))
        client.finishSending()
        #expect(client.response()?.text == "late")
        #expect(client.isClosed())
    }
}

@Test("a request carries the target as sent, and path, query and parameters decoded")
func requestParts() async throws {
    let route = Route("GET", "/g/{id}/{rest...}") { request in
        let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: ";")
        let parameters = request.parameters.sorted { $0.key < $1.key }.map(\.value)
        return .response(
            .text(
                [
                    request.method, request.target, request.path, query,
                    parameters.joined(separator: ";"), request.headers["x-y"] ?? "",
                    request.remoteAddress,
                ].joined(separator: "|")
            )
        )
    }
    try await withClient(of: [route]) { client in
        client.send(get("/g/a%2Fb/c/d%20e?q=1%2B1+2&empty&q=%E5%9B%BE", "X-Y: z"))
        let expected =
            "GET|/g/a%2Fb/c/d%20e?q=1%2B1+2&empty&q=%E5%9B%BE|/g/a/b/c/d e|q=1+1 2;empty=;q=图"
            + "|a/b;c/d e|z|127.0.0.1"
        #expect(client.response()?.text == expected)
    }
}

@Test("a header with a line break is not sent")
func headerInjection() async throws {
    let route = Route("GET", "/") { _ in
        .response(.text("x", headers: ["X-Name": "a\r\nSet-Cookie: b"]))
    }
    try await withClient(of: [route]) { client in
        client.send(get("/"))
        let response = try #require(client.response())
        #expect(response.status == 500)
        #expect(response.headers["set-cookie"] == nil)
    }
}

@Test(
    "a transfer coding other than chunked alone is 501",
    arguments: [
        "gzip, chunked", "gzip", "identity", "deflate,chunked",
        "gzip\r\nTransfer-Encoding: chunked",
    ]
)
func unknownCoding(coding: String) async throws {
    try await withClient { client in
        client.send(
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \(coding)\r\n\r\n0\r\n\r\n"
        )
        #expect(client.response()?.status == 501)
        #expect(client.isClosed())
    }
}

/// RFC 9112, sections 6.1 and 6.3: such a body has no end.
@Test(
    "a transfer coding that is chunked twice, or not at the end, is 400",
    arguments: ["chunked, chunked", "chunked, gzip"]
)
func endlessCoding(coding: String) async throws {
    try await withClient { client in
        client.send(
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \(coding)\r\n\r\n0\r\n\r\n"
        )
        #expect(client.response()?.status == 400)
        #expect(client.isClosed())
    }
}

@Test(
    "a Host that is no host is 400",
    arguments: [
        "a b", "a/b", "a@b", "user:pass@a", "a:b", "a:99999", "a:-1", "::1", "[::1", "[a]",
        "[::1]x",
        "a,b/", "a?b", "a#b", "a%", "a%zz", "a\\b", "<a>", ":80", "a:80:80", "http://a", "\u{e4}",
    ]
)
func noHost(host: String) async throws {
    try await withClient { client in
        client.send("GET /hello HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        #expect(client.response()?.status == 400)
    }
}

@Test(
    "every host is accepted, with or without a port",
    arguments: [
        "a", "a.example.", "A-1_b~", "192.0.2.1", "[::1]", "[2001:db8::1]:80", "a:80", "a:",
        "a%2db",
        "xn--bcher-kva.example", "",
    ]
)
func anyHost(host: String) async throws {
    try await withClient { client in
        client.send("GET /hello HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        #expect(client.response()?.status == 200)
    }
}
