import Glibc
import Listener
import Synchronization
import TestSupport
import Testing

private func configuration(
    _ change: (inout HTTPServerConfiguration) -> Void
) -> HTTPServerConfiguration {
    var configuration = HTTPServerConfiguration.patient
    change(&configuration)
    return configuration
}

// MARK: Sizes

@Test("a body over the route's limit is 413, whether declared or chunked")
func bodyTooLarge() async throws {
    let head = "POST /echo HTTP/1.1\r\nHost: a\r\n"
    let declared = head + "Content-Length: 65537\r\n\r\n"
    let chunked = head + "Transfer-Encoding: chunked\r\n\r\n10001\r\n"
    for request in [declared, chunked] {
        try await withClient { client in
            client.send(request + String(repeating: "x", count: 65_537))
            let response = try #require(client.response())
            #expect(response.status == 413)
            #expect(response.text == "the body is larger than 65536 bytes\n")
            #expect(response.headers["connection"] == "close")
        }
    }
}

@Test("a body of exactly the route's limit is accepted")
func bodyAtLimit() async throws {
    try await withClient { client in
        client.send(post("/echo", String(repeating: "x", count: 65_536)))
        #expect(client.response()?.body.count == 65_536)
        client.send(post("/webhook", String(repeating: "x", count: 4 << 20)))
        #expect(client.response()?.text == "4194304")
        client.send(post("/webhook", String(repeating: "x", count: (4 << 20) + 1)))
        #expect(client.response()?.status == 413)
    }
}

@Test("a client that keeps sending after 413 still gets the response")
func lingering() async throws {
    try await withClient { client in
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n")
        client.send(String(repeating: "x", count: 3_000_000))
        #expect(client.response()?.status == 413)
    }
}

@Test("the bodies of all requests together have a limit")
func allBodies() async throws {
    let limits = configuration {
        $0.maximumBufferedBodyBytes = 100
        $0.smallBodyReserveBytes = 0
        $0.stallTime = waitLimit * 2
    }
    try await withServer(standardRoutes, limits) { server in
        let port = server.port
        try await onThread {
            let first = try RawClient(port: port)
            first.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 90\r\n\r\n")
            first.send(String(repeating: "x", count: 80))
            let second = try RawClient(port: port)
            var status: Int? = 200
            while status == 200 {
                second.send(post("/echo", String(repeating: "x", count: 30)))
                status = second.response()?.status
            }
            #expect(status == 503)
            first.send(String(repeating: "x", count: 10))
            #expect(first.response()?.body.count == 90)
            let third = try RawClient(port: port)
            third.send(post("/echo", String(repeating: "x", count: 100)))
            #expect(third.response()?.status == 200)
        }
    }
}

@Test(
    "a head that is too large is 431",
    arguments: [
        "GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 70_000) + "\r\n\r\n",
        "GET / HTTP/1.1\r\n" + String(repeating: "X: 0123456789\r\n", count: 6_000),
        "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: y\r\n", count: 300) + "\r\n",
        "GET /" + String(repeating: "x", count: 70_000) + " HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /" + String(repeating: "x", count: 1_000_000),
    ]
)
func headTooLarge(request: String) async throws {
    try await withClient { client in
        client.send(request)
        let response = try #require(client.response())
        #expect(response.status == 431)
        #expect(client.isClosed())
    }
}

// MARK: Timeouts
// Those that need a clock are in TimeLimitTests.

@Test("a client that connects and sends nothing is dropped without a response")
func silentClient() async throws {
    let limits = configuration { $0.headTimeout = .milliseconds(100) }
    try await withClient(of: standardRoutes, limits) { client in
        #expect(client.readToEnd() == "")
    }
}

@Test("a client that does not read its response is dropped")
func stalledReader() async throws {
    let limits = configuration { $0.writeTimeout = .milliseconds(200) }
    let arrived = Mutex(false)
    let big = Route("GET", "/big") { _ in
        arrived.withLock { $0 = true }
        return .response(ServerResponse(status: 200, body: [UInt8](repeating: 65, count: 24 << 20)))
    }
    try await withServer([big], limits) { server in
        let port = server.port
        let client = try await onThread {
            let client = try RawClient(port: port, receiveBuffer: 4096)
            client.send(get("/big"))
            return client.detach()
        }
        try await eventually("the request arrives") { arrived.withLock(\.self) }
        try await eventually("the client is dropped") { server.statistics.openConnections == 0 }
        #expect(server.statistics.requestsInFlight == 0)
        client.close()
    }
}

@Test("a reader with a small buffer gets all of a large response")
func slowReader() async throws {
    try await withServer { server in
        let port = server.port
        let count = try await onThread {
            let client = try RawClient(port: port, receiveBuffer: 64 << 10)
            client.send(get("/big", "Connection: close"))
            var count = 0
            while let bytes = client.read() { count += bytes.count }
            return count
        }
        #expect(count > 24 << 20)
    }
}

// MARK: Counts

private func gated(_ gate: HandlerGate) -> [Route] {
    let answer: @Sendable (ServerRequest) async -> Reply = { _ in
        await gate.pass()
        return .response(.text("done"))
    }
    var exempt = Route("GET", "/-/healthy", name: "healthy") { _ in .response(.text("ok")) }
    exempt.isExemptFromLimits = true
    var narrow = Route("GET", "/narrow", answer)
    narrow.maximumInFlight = 1
    return [Route("GET", "/wait", answer), exempt, narrow]
}

@Test("requests over the in-flight limit are 503 with the message of Prometheus' client")
func inFlightLimit() async throws {
    let gate = HandlerGate()
    let limits = configuration { $0.maximumInFlight = 2 }
    try await withServer(gated(gate), limits) { server in
        let port = server.port
        let waiting = try await clients(2, sending: get("/wait"), to: server)
        try await eventually("two requests wait") { server.statistics.requestsInFlight == 2 }
        try await onThread {
            let client = try RawClient(port: port)
            client.send(get("/wait"))
            let refused = try #require(client.response())
            #expect(refused.status == 503)
            #expect(
                refused.text == "Limit of concurrent requests reached (2), try again later.\n"
            )
            client.send(get("/-/healthy"))
            #expect(client.response()?.text == "ok")
        }
        await gate.open()
        try await eventually("all requests are answered") {
            server.statistics.requestsInFlight == 0
        }
        #expect(server.statistics.rejections == [.busy: 1])
        for client in waiting { client.close() }
    }
}

@Test("a route may have a narrower limit than the server")
func routeLimit() async throws {
    let gate = HandlerGate()
    try await withServer(gated(gate)) { server in
        let port = server.port
        let waiting = try await onThread {
            let client = try RawClient(port: port)
            client.send(get("/narrow"))
            return client.detach()
        }
        try await eventually("the request waits") { server.statistics.requestsInFlight == 1 }
        try await onThread {
            let client = try RawClient(port: port)
            client.send(get("/narrow"))
            #expect(client.response()?.text.contains("reached (1)") == true)
        }
        await gate.open()
        waiting.close()
    }
}

@Test("without free file descriptors the server pauses, and resumes when there are some")
func outOfDescriptors() async throws {
    // In a separate process, because the limit applies to the process.
    await #expect(processExitsWith: .success) {
        try await withServer { server in
            let port = server.port
            // Waiting needs descriptors too, which are allocated the first time.
            var looks = 0
            try await eventually("waiting has what it needs") {
                looks += 1
                return looks > 1
            }
            let clients = (0..<3).map { _ in RawClient().detach() }
            let firstFree = dup(0)
            close(firstFree)
            let before = setDescriptorLimit(rlim_t(firstFree))
            try await onThread {
                for client in clients { try RawClient(client).connect(to: port) }
            }
            try await eventually("accepting fails") { server.statistics.acceptErrors > 0 }
            _ = setDescriptorLimit(before)
            try await onThread {
                for client in clients {
                    let client = RawClient(client)
                    client.send(get("/hello"))
                    try #require(client.response()?.status == 200)
                }
            }
        }
    }
}

/// Sets the soft limit and returns the previous one.
private func setDescriptorLimit(_ count: rlim_t) -> rlim_t {
    var limit = rlimit()
    unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    defer {
        limit.rlim_cur = count
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
    return limit.rlim_cur
}

@Test("requests over the rate limit are 429, except exempt ones")
func rateLimit() async throws {
    let limits = configuration { $0.rateLimit = RateLimit(interval: .seconds(600), burst: 2) }
    try await withServer(gated(HandlerGate()) + standardRoutes, limits) { server in
        let port = server.port
        let statuses = try await onThread {
            let client = try RawClient(port: port)
            return ["/hello", "/-/healthy", "/hello", "/hello", "/-/healthy"].map { path in
                client.send(get(path))
                return client.response()?.status
            }
        }
        #expect(statuses == [200, 200, 200, 429, 200])
        #expect(server.statistics.rejections == [.rateLimited: 1])
    }
}
