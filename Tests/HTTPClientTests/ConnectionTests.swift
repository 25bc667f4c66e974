import HTTPClient
import Testing

@Suite struct ConnectionTests {
    @Test("a connection is reused")
    func reused() async throws {
        try await withServer {
            $0.serveAll()
        } _: { client, server in
            var opened: [Int] = []
            for _ in 0..<5 {
                let request = HTTPRequest(url: server.url, timeout: patience)
                opened.append(try await client.send(request).newConnections)
            }
            #expect(opened == [1, 0, 0, 0, 0])
            #expect(server.connectionCount == 1)
            #expect(client.statistics.connectionsOpened == 1)
            #expect(client.statistics.inFlight == 0)
        }
    }

    @Test(
        "a request that is not idempotent gets its own connection",
        arguments: [HTTPMethod.post, .patch]
    )
    func freshConnection(
        method: HTTPMethod
    ) async throws {
        try await withServer {
            $0.serveAll()
        } _: { client, server in
            _ = try await client.send(HTTPRequest(url: server.url, timeout: patience))
            for _ in 0..<2 {
                let response = try await client.send(
                    HTTPRequest(method, url: server.url, timeout: patience)
                )
                #expect(response.newConnections == 1)
            }
            let kept = try await client.send(HTTPRequest(url: server.url, timeout: patience))
            #expect(kept.newConnections == 0)
            #expect(server.connectionCount == 3)
        }
    }

    /// The reason for `HTTPRequest.freshConnection`: libcurl's own retry.
    @Test(
        "libcurl retries on a reused connection that dies, but not on a fresh one",
        arguments: [(false, 2), (true, 1)]
    )
    func secondAttempt(
        freshConnection: Bool,
        arrivals: Int
    ) async throws {
        try await withServer { connection in
            // Every connection answers once and closes on the next request.
            guard connection.readRequest()?.hasPrefix("GET /warm") == true else { return }
            connection.respond()
            connection.readRequest()
        } _: { client, server in
            _ = try await client.send(HTTPRequest(url: server.url + "/warm", timeout: patience))
            let error = try await client.failure(
                HTTPRequest(
                    .post,
                    url: server.url + "/restart",
                    body: [1],
                    timeout: patience,
                    freshConnection: freshConnection
                )
            )
            #expect(error.kind == .cut)
            #expect(error.requestMayHaveBeenSent)
            let restarts = server.requests.filter { $0.hasPrefix("POST /restart") }
            #expect(restarts.count == arrivals)
        }
    }

    /// libcurl's retry is refused, and that is the reported error, although the first attempt was
    /// sent.
    @Test("a refused second attempt does not hide that the first was sent")
    func refusedSecondAttempt() async throws {
        try await withServer { connection in
            connection.readRequest()
            connection.respond()
            connection.readRequest()
            connection.server.refuseConnections()
        } _: { client, server in
            _ = try await client.send(HTTPRequest(url: server.url, timeout: patience))
            let error = try await client.failure(
                HTTPRequest(.put, url: server.url, body: [1], timeout: patience)
            )
            #expect(error.kind == .connect)
            #expect(error.requestMayHaveBeenSent)
        }
    }

    @Test("two hundred concurrent requests use eight connections")
    func manyRequests() async throws {
        try await withServer {
            $0.serveAll(body: [UInt8](repeating: 7, count: 10_000))
        } _: { client, server in
            let results = await withTaskGroup { group in
                for index in 0..<200 {
                    group.addTask {
                        await client.result(
                            HTTPRequest(url: "\(server.url)/\(index)", timeout: patience)
                        )
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.compactMap(\.error) == [])
            #expect(
                results.compactMap { try? $0.get().body.count }
                    == Array(repeating: 10_000, count: 200)
            )
            #expect(Set(server.requests.map { $0.prefix(while: { $0 != "\r" }) }).count == 200)
            #expect(server.peakOpenConnections <= 8)
            #expect(client.statistics.connectionsOpened == server.connectionCount)
            #expect(client.statistics.inFlight == 0)
            #expect(client.statistics.queued == 0)
        }
    }

    /// With one connection allowed, an idle one must be closed for the next, not waited for.
    @Test("an idle connection is closed to make room")
    func idleConnection() async throws {
        let other = try FaultServer { $0.serveAll() }
        defer { other.stop() }
        try await withServer({ $0.serveAll() }, configuration: .init(maximumConnections: 1)) {
            client,
            server in
            for url in [server.url, other.url, server.url] {
                let response = try await client.send(HTTPRequest(url: url, timeout: patience))
                #expect(response.newConnections == 1)
            }
        }
        try await withServer({ $0.serveAll() }, configuration: .init(maximumConnectionsPerHost: 1))
        {
            client,
            server in
            for method in [HTTPMethod.get, .post, .get] {
                let request = HTTPRequest(method, url: server.url, timeout: patience)
                let response = try await client.send(request)
                #expect(response.newConnections == 1)
            }
        }
    }

    @Test("a busy host does not delay another")
    func busyHost() async throws {
        let idle = try FaultServer { $0.serveAll() }
        defer { idle.stop() }
        try await withServer(
            {
                $0.readRequest()
                $0.waitForEnd()
            },
            configuration: .init(maximumConnectionsPerHost: 1)
        ) { client, server in
            try await withThrowingTaskGroup { group in
                for _ in 0..<3 {
                    group.addTask {
                        let busy = HTTPRequest(url: server.url, timeout: patience)
                        #expect(await client.result(busy).error?.kind == .cancelled)
                    }
                }
                try await server.waitForRequests(1)
                let response = try await client.send(HTTPRequest(url: idle.url, timeout: patience))
                #expect(response.status == 200)
                #expect(server.connectionCount == 1)
                group.cancelAll()
            }
        }
    }
}
