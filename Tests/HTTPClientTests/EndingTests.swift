import HTTPClient
import TestSupport
import Testing

/// Every way in which a request ends on the client's side: cancelled, timed out, refused, shut
/// down.
@Suite struct EndingTests {
    @Test("a cancelled transfer ends at once and closes its connection")
    func cancelledTransfer() async throws {
        try await withServer {
            $0.readRequest()
            $0.waitForEnd()
            $0.server.note("closed")
        } _: { client, server in
            try await withThrowingTaskGroup { group in
                group.addTask {
                    let request = HTTPRequest(url: server.url, timeout: .seconds(600))
                    let error = await client.result(request).error
                    #expect(error?.kind == .cancelled)
                    #expect(error?.requestMayHaveBeenSent == true)
                }
                try await server.waitForRequests(1)
                group.cancelAll()
            }
            try await server.waitForRequests(2)
            #expect(server.requests.last == "closed")
            #expect(client.statistics.inFlight == 0)
        }
    }

    @Test("a task that is already cancelled sends nothing")
    func cancelledBefore() async throws {
        try await withServer {
            $0.serveAll()
        } _: { client, server in
            await withTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask {
                    let request = HTTPRequest(.post, url: server.url, timeout: patience)
                    let error = await client.result(request).error
                    #expect(error?.kind == .cancelled)
                    #expect(error?.requestMayHaveBeenSent == false)
                }
            }
            #expect(server.requests.isEmpty)
            #expect(client.statistics.inFlight == 0)
            #expect(client.statistics.queued == 0)
        }
    }

    /// One connection, occupied by a request that is never answered, so that later requests wait.
    private static func withBusyClient(
        maximumQueuedRequests: Int = 10,
        _ body: @Sendable (HTTPClient, FaultServer) async throws -> Void
    ) async throws {
        try await withServer(
            {
                $0.readRequest()
                $0.waitForEnd()
            },
            configuration: .init(
                maximumConnections: 1,
                maximumQueuedRequests: maximumQueuedRequests
            )
        ) { client, server in
            try await withThrowingTaskGroup { group in
                group.addTask {
                    _ = await client.result(HTTPRequest(url: server.url, timeout: .seconds(600)))
                }
                try await server.waitForRequests(1)
                try await body(client, server)
                group.cancelAll()
            }
        }
    }

    @Test("a request whose deadline passes in the queue is certainly not sent")
    func deadlineInQueue() async throws {
        try await Self.withBusyClient { client, server in
            let error = try await client.failure(
                HTTPRequest(.post, url: server.url, timeout: .milliseconds(100))
            )
            #expect(error.kind == .timeout)
            #expect(!error.requestMayHaveBeenSent)
            #expect(server.connectionCount == 1)
        }
    }

    @Test("a request cancelled in the queue is certainly not sent")
    func cancelledInQueue() async throws {
        try await Self.withBusyClient { client, server in
            try await withThrowingTaskGroup { group in
                group.addTask {
                    let request = HTTPRequest(.post, url: server.url, timeout: .seconds(600))
                    let error = await client.result(request).error
                    #expect(error?.kind == .cancelled)
                    #expect(error?.requestMayHaveBeenSent == false)
                }
                try await client.waitUntil { $0.queued == 1 }
                group.cancelAll()
            }
            #expect(client.statistics.queued == 0)
        }
    }

    @Test("a full queue refuses at once")
    func fullQueue() async throws {
        try await Self.withBusyClient(maximumQueuedRequests: 1) { client, server in
            try await withThrowingTaskGroup { group in
                group.addTask {
                    _ = await client.result(HTTPRequest(url: server.url, timeout: .seconds(600)))
                }
                try await client.waitUntil { $0.queued == 1 }
                let refused = HTTPRequest(url: server.url, timeout: .seconds(600))
                let error = await client.result(refused).error
                #expect(error?.kind == .queueFull)
                #expect(error?.requestMayHaveBeenSent == false)
                group.cancelAll()
            }
        }
    }

    @Test("a shutdown fails waiting and active requests")
    func shutdown() async throws {
        try await Self.withBusyClient { client, server in
            try await withThrowingTaskGroup { group in
                group.addTask {
                    let request = HTTPRequest(.post, url: server.url, timeout: .seconds(600))
                    let error = await client.result(request).error
                    #expect(error?.kind == .shutDown)
                    #expect(error?.requestMayHaveBeenSent == false)
                }
                try await client.waitUntil { $0.queued == 1 }
                client.shutdown()
            }
            let late = try await client.failure(HTTPRequest(url: server.url))
            #expect(late.kind == .shutDown)
            client.shutdown()
        }
    }

    @Test("an active request may have been sent when the client is shut down")
    func shutdownUnderWay() async throws {
        try await withServer {
            $0.readRequest()
            $0.waitForEnd()
        } _: { client, server in
            async let result = client.result(HTTPRequest(url: server.url, timeout: .seconds(600)))
            try await server.waitForRequests(1)
            client.shutdown()
            let error = await result.error
            #expect(error?.kind == .shutDown)
            #expect(error?.requestMayHaveBeenSent == true)
        }
    }

    /// Cancellation races with completion: whichever wins, every caller is resumed once and nothing
    /// leaks.
    @Test("a storm of cancellations leaks nothing")
    func manyCancellations() async throws {
        try await withServer {
            $0.serveAll()
        } _: { client, server in
            for round in 0..<20 {
                await withTaskGroup { group in
                    for _ in 0..<20 {
                        group.addTask {
                            _ = await client.result(HTTPRequest(url: server.url, timeout: patience))
                        }
                    }
                    for _ in 0..<round { await group.next() }
                    group.cancelAll()
                }
            }
            #expect(client.statistics.inFlight == 0)
            #expect(client.statistics.queued == 0)
            let response = try await client.send(HTTPRequest(url: server.url, timeout: patience))
            #expect(response.status == 200)
        }
    }
}

extension HTTPClient {
    func waitUntil(_ condition: (HTTPClientStatistics) -> Bool) async throws {
        try await eventually("the client is idle") {
            statistics
        } is: {
            condition($0)
        }
    }
}
