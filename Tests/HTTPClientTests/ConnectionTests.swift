import HTTPClient
import Testing

@Suite struct ConnectionTests {
    @Test("a connection is used again")
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
        "a request that changes something gets a connection of its own",
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

    /// What `HTTPRequest.freshConnection` is about: libcurl's own second attempt.
    @Test(
        "on a kept connection that dies libcurl sends again, on a fresh one it does not",
        arguments: [(false, 2), (true, 1)]
    )
    func secondAttempt(
        freshConnection: Bool,
        arrivals: Int
    ) async throws {
        try await withServer { connection in
            // Every connection answers once and then dies of the next request.
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

    /// libcurl's second attempt is refused, and that is the error; the first one was sent for all
    /// that.
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

    @Test("two hundred requests at once use eight connections")
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

    /// With one connection allowed, a kept one must be given up for the next, not waited for.
    @Test("an idle connection makes room")
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

    @Test("a busy host does not hold up another")
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
