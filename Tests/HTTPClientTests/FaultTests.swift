import HTTPClient
import TestSupport
import Testing

/// Every fault of a server, its classification, and whether the request may have been sent.
@Suite struct FaultTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let expected: HTTPError.Kind
        let script: FaultServer.Script

        init(
            _ name: String,
            _ expected: HTTPError.Kind,
            _ script: @escaping FaultServer.Script
        ) {
            testDescription = name
            self.expected = expected
            self.script = script
        }
    }

    static let faults = [
        Fault("closes without an answer", .cut) { $0.readRequest() },
        Fault("closes inside the headers", .cut) {
            $0.readRequest()
            $0.write("HTTP/1.1 200 OK\r\nContent-Le")
        },
        Fault("closes after an interim answer", .cut) {
            $0.readRequest()
            $0.write("HTTP/1.1 100 Continue\r\n\r\n")
        },
        Fault("switches to a protocol that was not requested", .cut) {
            $0.readRequest()
            $0.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nother words")
        },
        Fault("closes inside the body", .cut) {
            $0.readRequest()
            $0.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
        },
        Fault("closes inside a chunk", .cut) {
            $0.readRequest()
            $0.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nabc")
        },
        Fault("closes before the last chunk", .cut) {
            $0.readRequest()
            $0.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        },
        Fault("sends a chunk size that is not a number", .cut) {
            $0.readRequest()
            $0.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n")
        },
        Fault("speaks another protocol", .protocolViolation) {
            $0.readRequest()
            $0.write("SSH-2.0-OpenSSH_9.2\r\n")
        },
        Fault("sends a bare body, as HTTP/0.9", .protocolViolation) {
            $0.readRequest()
            $0.write("<html>hello</html>")
        },
        Fault("names an unknown encoding", .protocolViolation) {
            $0.readRequest()
            $0.respond(headers: ["Content-Encoding: rot13"], body: [1, 2, 3])
        },
        Fault("sends invalid gzip", .protocolViolation) {
            $0.readRequest()
            $0.respond(
                headers: ["Content-Encoding: gzip"],
                body: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
            )
        },
        Fault("sends a gzip bomb", .responseTooLarge) {
            $0.readRequest()
            $0.respond(headers: ["Content-Encoding: gzip"], body: Gzip.zeros(repeats: 40_000))
        },
        Fault("sends a body over the limit", .responseTooLarge) {
            $0.readRequest()
            $0.write("HTTP/1.1 200 OK\r\n\r\n")
            while $0.write([UInt8](repeating: 65, count: 65_536)) {}
        },
        Fault("announces a body over the limit", .responseTooLarge) {
            $0.readRequest()
            $0.write("HTTP/1.1 200 OK\r\nContent-Length: 1000001\r\n\r\n")
            $0.waitForEnd()
        },
        Fault("sends ten megabytes of header lines", .responseTooLarge) {
            $0.readRequest()
            $0.write("HTTP/1.1 200 OK\r\n")
            for index in 0..<10_000
            where !$0.write("X-\(index): \(String(repeating: "x", count: 1000))\r\n") { return }
        },
        Fault("sends one header line of ten megabytes", .responseTooLarge) {
            $0.readRequest()
            $0.write("HTTP/1.1 200 OK\r\nX-A: ")
            for _ in 0..<10_000 where !$0.write(String(repeating: "x", count: 1000)) { return }
        },
        Fault("sends endless interim responses", .responseTooLarge) {
            $0.readRequest()
            while $0.write("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n") {}
        },
    ]

    @Test(
        "after the request was read, every fault says that it may have been sent",
        arguments: faults
    )
    func faultAfterRequest(
        fault: Fault
    ) async throws {
        try await withServer(fault.script) { client, server in
            let error = try await client.failure(
                HTTPRequest(
                    .post,
                    url: server.url,
                    body: [1],
                    timeout: patience,
                    maximumResponseBytes: 1_000_000
                )
            )
            #expect(error.kind == fault.expected, "\(error)")
            #expect(error.requestMayHaveBeenSent)
            #expect(server.requests.count == 1)
        }
    }

    @Test(
        "the deadline holds against a server that never finishes",
        arguments: ["never answers", "answers a byte at a time"]
    )
    func deadline(behaviour: String) async throws {
        try await withServer { connection in
            connection.readRequest()
            guard behaviour != "never answers" else {
                connection.waitForEnd()
                return connection.server.note("gave up")
            }
            connection.write("HTTP/1.1 200 OK\r\n\r\n")
            while connection.write("x") {}
            connection.server.note("gave up")
        } _: { client, server in
            let error = try await client.failure(
                HTTPRequest(
                    url: server.url,
                    timeout: .seconds(2),
                    maximumResponseBytes: 1 << 30
                )
            )
            #expect(error.kind == .timeout)
            #expect(error.requestMayHaveBeenSent)
            // The server would have continued forever.
            try await server.waitForRequests(2)
            #expect(server.requests.last == "gave up")
        }
    }

    @Test("a request to a port that refuses is certainly not sent")
    func refusedPort() async throws {
        let client = try HTTPClient()
        defer { client.shutdown() }
        let port = try FaultSocket.refusingPort()
        let error = try await client.failure(
            HTTPRequest(.post, url: "http://127.0.0.1:\(port)/", body: [1], timeout: patience)
        )
        #expect(error.kind == .connect)
        #expect(!error.requestMayHaveBeenSent)
    }

    /// A label of 64 characters, which the resolver refuses without using the network.
    @Test("a request to a name that does not resolve is certainly not sent")
    func unresolvedName() async throws {
        let client = try HTTPClient()
        defer { client.shutdown() }
        let host = String(repeating: "a", count: 64) + ".invalid"
        // The second one too, which could use the handle of the first.
        for _ in 0..<2 {
            let error = try await client.failure(
                HTTPRequest(.post, url: "http://\(host)/", timeout: patience)
            )
            #expect(error.kind == .nameResolution)
            #expect(!error.requestMayHaveBeenSent)
        }
    }

    @Test("a request whose TLS handshake never ends is certainly not sent")
    func endlessHandshake() async throws {
        try await withServer {
            $0.waitForEnd()
        } _: { client, server in
            let error = try await client.failure(
                HTTPRequest(
                    .post,
                    url: "https://127.0.0.1:\(server.port)/",
                    body: [1],
                    timeout: .milliseconds(200)
                )
            )
            #expect(error.kind == .timeout)
            #expect(!error.requestMayHaveBeenSent)
        }
    }

    @Test("the connect timeout ends a request long before its deadline")
    func connectTimeout() async throws {
        try await withServer(
            {
                $0.waitForEnd()
                $0.server.note("gave up")
            },
            configuration: .init(connectTimeout: .milliseconds(100))
        ) { client, server in
            async let result = client.result(
                HTTPRequest(url: "https://127.0.0.1:\(server.port)/", timeout: waitLimit * 2)
            )
            // Long before the deadline.
            try await server.waitForRequests(1)
            #expect(server.requests == ["gave up"])
            let error = await result.error
            #expect(error?.kind == .timeout)
            #expect(error?.requestMayHaveBeenSent == false)
        }
    }

    @Test("a request to a server that closes during the TLS handshake is certainly not sent")
    func cutHandshake() async throws {
        try await withServer { connection in
            _ = FaultSocket.read(connection.descriptor, 1)
        } _: { client, server in
            let error = try await client.failure(
                HTTPRequest(.post, url: "https://127.0.0.1:\(server.port)/", timeout: patience)
            )
            #expect(error.kind == .tls)
            #expect(!error.requestMayHaveBeenSent)
        }
    }

    /// The server read nothing, but the client cannot know that.
    @Test("a request to a server that closes at once may have been sent")
    func hangsUpAtOnce() async throws {
        try await withServer { _ in
        } _: { client, server in
            let error = try await client.failure(
                HTTPRequest(.post, url: server.url, body: [1], timeout: patience)
            )
            #expect(error.kind == .cut)
            #expect(error.requestMayHaveBeenSent)
        }
    }

    @Test("plain text in answer to TLS is a TLS failure")
    func plainText() async throws {
        try await withServer { connection in
            connection.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            connection.waitForEnd()
        } _: { client, server in
            let error = try await client.failure(
                HTTPRequest(.post, url: "https://127.0.0.1:\(server.port)/", timeout: patience)
            )
            #expect(error.kind == .tls)
            #expect(!error.requestMayHaveBeenSent)
        }
    }

    /// The body is longer than announced: the excess is discarded, and the connection is not
    /// reused.
    @Test("bytes beyond the announced length invalidate the connection, not the response")
    func excessBytes()
        async throws
    {
        try await withServer { connection in
            while connection.readRequest() != nil {
                connection.write(
                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 Forged\r\n\r\n"
                )
            }
        } _: { client, server in
            for _ in 0..<2 {
                let response = try await client.send(
                    HTTPRequest(url: server.url, timeout: patience)
                )
                #expect(response.status == 200)
                #expect(response.body == Array("ok".utf8))
                #expect(response.newConnections == 1)
            }
        }
    }
}
