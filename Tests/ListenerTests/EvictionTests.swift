import Listener
import Synchronization
import TestSupport
import Testing
import Threads

private func configuration(
    _ change: (inout HTTPServerConfiguration) -> Void
) -> HTTPServerConfiguration {
    var configuration = HTTPServerConfiguration.patient
    change(&configuration)
    return configuration
}

@Test("a new connection takes the place of the one that has been idle longest")
func oldestIdleGoes() async throws {
    let limits = configuration { $0.maximumConnections = 3 }
    try await withServer(standardRoutes, limits) { server in
        let port = server.port
        try await onThread {
            let clients = try (0..<3).map { _ in try RawClient(port: port) }
            for client in clients {
                client.send(get("/hello"))
                #expect(client.response()?.status == 200)
            }
            let newest = try RawClient(port: port)
            newest.send(get("/hello"))
            #expect(newest.response()?.status == 200)
            #expect(clients[0].isClosed())
            clients[1].send(get("/hello"))
            #expect(clients[1].response()?.status == 200)
        }
        #expect(server.statistics.evictions == [.placeNeeded: 1])
    }
}

@Test("connections that send nothing, half a head or half a body do not keep others out")
func silentOnesGo() async throws {
    let limits = configuration { $0.maximumConnections = 3 }
    try await withServer(standardRoutes, limits) { server in
        let port = server.port
        try await onThread {
            let parts = [
                "", "GET /hello HTTP/1.1\r\nHo",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx",
            ]
            for round in 0..<10 {
                let silent = try RawClient(port: port)
                silent.send(parts[round % 3])
                let client = try RawClient(port: port)
                client.send(get("/hello"))
                #expect(client.response()?.status == 200)
            }
        }
    }
}

@Test("a request that is being handled keeps its connection, and others wait for a place")
func busyOnesStay() async throws {
    let gate = HandlerGate()
    let wait = Route("GET", "/wait", gate.handler)
    let limits = configuration { $0.maximumConnections = 2 }
    try await withServer([wait] + standardRoutes, limits) { server in
        let clients = try await clients(5, sending: get("/wait"), to: server)
        try await eventually("two are handled") { server.statistics.requestsInFlight >= 2 }
        #expect(server.statistics.openConnections <= 3)
        await gate.open()
        try await onThread {
            for client in clients { #expect(RawClient(client).response()?.text == "done") }
        }
    }
}

@Test("one address has at most its share of the connections")
func addressLimit() async throws {
    let gate = HandlerGate()
    let wait = Route("GET", "/wait", gate.handler)
    let limits = configuration { $0.maximumConnectionsPerAddress = 2 }
    try await withServer([wait] + standardRoutes, limits) { server in
        let port = server.port
        let waiting = try await clients(2, sending: get("/wait"), to: server)
        try await eventually("two are handled") { server.statistics.requestsInFlight == 2 }
        try await onThread {
            let third = try RawClient(port: port)
            #expect(third.isClosed())
        }
        #expect(server.statistics.evictions == [.addressLimit: 1])
        await gate.open()
        for client in waiting { client.close() }
    }
}

@Test("unfinished bodies do not keep the bodies of others out")
func unfinishedBodies() async throws {
    let limits = configuration {
        $0.maximumBufferedBodyBytes = 8 << 20
        $0.smallBodyReserveBytes = 0
        $0.stallTime = .milliseconds(1)
    }
    try await withServer(standardRoutes, limits) { server in
        let port = server.port
        let unfinished = try await onThread {
            try (0..<4).map { _ in
                let client = try RawClient(port: port)
                client.send("POST /webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 4194304\r\n\r\n")
                client.send(String(repeating: "x", count: 2 << 20))
                return client.detach()
            }
        }
        try await eventually("memory is used up") { server.statistics.bodyBytes == 8 << 20 }
        try await onThread {
            let client = try RawClient(port: port)
            client.send(post("/echo", "small"))
            #expect(client.response()?.text == "small")
            #expect(RawClient(unfinished[0]).response()?.status == 408)
        }
        #expect(server.statistics.evictions == [.slowBody: 1])
        for client in unfinished { client.close() }
        try await eventually("all memory is free") { server.statistics.bodyBytes == 0 }
    }
}

@Test("heads that do not end do not keep large heads of others out, and cost bounded memory")
func unfinishedHeads() async throws {
    let limits = configuration {
        $0.maximumBufferedHeadBytes = 100_000
        $0.stallTime = .milliseconds(1)
    }
    try await withServer(standardRoutes, limits) { server in
        let port = server.port
        let start = "GET /hello HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 50_000)
        let unfinished = try await clients(8, sending: start, to: server)
        try await eventually("some had to go") { server.statistics.evictions[.slowHead] == 6 }
        #expect(server.statistics.headBytes <= 100_000)
        try await onThread {
            let client = try RawClient(port: port)
            for _ in 0..<3 {
                client.send(start + "\r\n\r\n")
                #expect(client.response()?.status == 200)
            }
        }
        for client in unfinished { client.close() }
        try await eventually("all memory is free") { server.statistics.headBytes == 0 }
    }
}

@Test("large heads are refused while those of busy requests take all memory; small ones are not")
func busyHeads() async throws {
    let limits = configuration {
        $0.maximumBufferedHeadBytes = 60_000
        $0.stallTime = waitLimit * 2
    }
    try await withServer(standardRoutes, limits) { server in
        let port = server.port
        let start = "GET /hello HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 50_000)
        let unfinished = try await onThread {
            let client = try RawClient(port: port)
            client.send(start)
            return client.detach()
        }
        try await eventually("it has arrived") { server.statistics.headBytes > 45_000 }
        try await onThread {
            let client = try RawClient(port: port)
            client.send(get("/hello", "X: " + String(repeating: "x", count: 3_000)))
            #expect(client.response()?.status == 200)
            client.send(start)
            #expect(client.response()?.status == 503)
        }
        unfinished.close()
        try await eventually("all memory is free") { server.statistics.headBytes == 0 }
    }
}

@Test("small bodies have a reserve that large ones cannot use")
func smallBodiesHaveAReserve() async throws {
    let limits = configuration {
        $0.maximumBufferedBodyBytes = 1 << 20
        $0.stallTime = waitLimit * 2
    }
    try await withServer(standardRoutes, limits) { server in
        let port = server.port
        let unfinished = try await onThread {
            let client = try RawClient(port: port)
            client.send("POST /webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 4194304\r\n\r\n")
            client.send(String(repeating: "x", count: 1 << 20))
            return client.detach()
        }
        try await eventually("memory is used up") { server.statistics.bodyBytes == 1 << 20 }
        try await onThread {
            let client = try RawClient(port: port)
            client.send(post("/echo", String(repeating: "y", count: 60_000)))
            #expect(client.response()?.status == 200)
            client.send(post("/webhook", String(repeating: "y", count: 100_000)))
            #expect(client.response()?.status == 503)
        }
        unfinished.close()
    }
}

@Test("responses that nobody reads do not keep the responses of others out")
func unreadResponses() async throws {
    let limits = configuration {
        $0.maximumBufferedResponseBytes = 50 << 20
        $0.stallTime = .milliseconds(1)
    }
    try await withServer(standardRoutes, limits) { server in
        let port = server.port
        let readers = try await onThread {
            try (0..<2).map { _ in
                let client = try RawClient(port: port, receiveBuffer: 4096)
                client.send(get("/big"))
                return client.detach()
            }
        }
        try await eventually("memory is used up") { server.statistics.responseBytes == 48 << 20 }
        try await onThread {
            let client = try RawClient(port: port)
            client.send(get("/big"))
            #expect(client.response()?.body.count == 24 << 20)
        }
        #expect(server.statistics.evictions == [.slowReader: 1])
        for reader in readers { reader.close() }
        try await eventually("all memory is free") { server.statistics.responseBytes == 0 }
    }
}

@Test("a response too large for the memory of all responses is 503, except where limits end")
func responseTooLarge() async throws {
    var exempt = Route("GET", "/exempt") { _ in
        .response(ServerResponse(status: 200, body: [UInt8](repeating: 65, count: 2 << 20)))
    }
    exempt.isExemptFromLimits = true
    let shared = Route("GET", "/shared") { _ in
        var response = ServerResponse(status: 200)
        response.sharedBody = SharedBody([UInt8](repeating: 65, count: 2 << 20))
        return .response(response)
    }
    let limits = configuration { $0.maximumBufferedResponseBytes = 1 << 20 }
    try await withClient(of: [exempt, shared] + standardRoutes, limits) { client in
        client.send(get("/big"))
        #expect(client.response()?.status == 503)
        for path in ["/exempt", "/shared"] {
            client.send(get(path))
            #expect(client.response()?.body.count == 2 << 20)
        }
    }
}

/// A stream of which more is always to come, in the threads for queries.
private func endless(_ pool: ThreadPool) -> Route {
    Route("GET", "/stream", pool: pool) { _ in
        .stream(ServerResponse(status: 200)) { stream in
            for _ in 0..<1024 {
                guard await stream.write([UInt8](repeating: 65, count: 64 << 10)) else {
                    return false
                }
            }
            return true
        }
    }
}

@Test("clients that do not read their responses keep no places among the requests in flight")
func slowReadersOccupyNoPlace() async throws {
    let limits = configuration {
        $0.maximumInFlight = 2
        $0.maximumBufferedResponseBytes = 64 << 20
    }
    try await withServer(standardRoutes, limits) { server in
        let port = server.port
        let readers = try await onThread {
            try (0..<2).map { _ in
                let client = try RawClient(port: port, receiveBuffer: 4096)
                client.send(get("/big"))
                return client.detach()
            }
        }
        try await eventually("both are being sent") { server.statistics.responseBytes == 48 << 20 }
        #expect(server.statistics.requestsInFlight == 0)
        try await onThread {
            let client = try RawClient(port: port)
            client.send(get("/hello"))
            #expect(client.response()?.status == 200)
        }
        #expect(server.statistics.evictions == [:])
        for reader in readers { reader.close() }
    }
}

@Test("clients that do not read a stream lose their places when others need them")
func stalledStreams() async throws {
    let limits = configuration {
        $0.maximumInFlight = 2
        $0.stallTime = .milliseconds(1)
    }
    let pool = ThreadPool(name: "streams", count: 1)
    try await withServer([endless(pool)] + standardRoutes, limits) { server in
        let port = server.port
        let readers = try await onThread {
            try (0..<2).map { _ in
                let client = try RawClient(port: port, receiveBuffer: 4096)
                client.send(get("/stream"))
                return client.detach()
            }
        }
        try await eventually("both are being sent") { server.statistics.requestsInFlight == 2 }
        try await eventually("another request gets a place") {
            try await onThread {
                let client = try RawClient(port: port)
                client.send(get("/hello"))
                return client.response()?.status == 200
            }
        }
        #expect(server.statistics.evictions == [.slowReader: 1])
        for reader in readers { reader.close() }
        try await eventually("all places are free") { server.statistics.requestsInFlight == 0 }
    }
}

@Test("routes with a pool of their own leave places for the others")
func poolsLeavePlaces() async throws {
    let gate = HandlerGate()
    let query = Route("GET", "/query", pool: ThreadPool(name: "queries", count: 1)) { _ in
        await gate.pass()
        return .response(.text("done"))
    }
    let limits = configuration { $0.maximumInFlightInPools = 2 }
    try await withServer([query] + standardRoutes, limits) { server in
        let port = server.port
        let waiting = try await clients(2, sending: get("/query"), to: server)
        try await eventually("both wait") { server.statistics.requestsInFlight == 2 }
        try await onThread {
            let client = try RawClient(port: port)
            client.send(get("/query"))
            #expect(client.response()?.status == 503)
            client.send(post("/webhook", "x"))
            #expect(client.response()?.status == 200)
        }
        await gate.open()
        for client in waiting { client.close() }
        try await eventually("all places are free") { server.statistics.requestsInFlight == 0 }
    }
}
