import Foundation
import Glibc
import Listener
import TestSupport
import Testing

@Test("a stop closes idle and silent clients at once and answers requests in flight")
func gracefulStop() async throws {
    let gate = HandlerGate()
    let route = Route("GET", "/") { _ in
        await gate.pass()
        return .response(.text("done"))
    }
    try await withServer([route] + standardRoutes) { server in
        let port = server.port
        async let answer = onThread {
            let client = try RawClient(port: port)
            client.send(get("/"))
            let response = client.response()
            return (response, client.isClosed())
        }
        async let idleIsClosed = onThread {
            let client = try RawClient(port: port)
            client.send(get("/hello"))
            return client.response() != nil && client.isClosed()
        }
        async let silentIsClosed = onThread { try RawClient(port: port).isClosed() }
        try await eventually("three clients are connected, one of them waiting") {
            server.statistics
        } is: { now in
            now.openConnections == 3 && now.requestsInFlight == 1 && now.requests.count == 1
        }
        async let stopped: Void = server.stop(within: waitLimit)
        #expect(try await idleIsClosed)
        #expect(try await silentIsClosed)
        try await eventually("the others are closed") { server.statistics.openConnections == 1 }
        try await eventually("new clients are refused") {
            await (try? onThread { _ = try RawClient(port: port) }) == nil
        }
        await gate.open()
        let (response, isClosed) = try await answer
        #expect(response?.text == "done")
        #expect(response?.headers["connection"] == "close")
        #expect(isClosed)
        await stopped
        #expect(server.statistics.openConnections == 0)
    }
}

@Test("a stop ends within its timeout even if clients are stuck and a handler never ends")
func boundedStop() async throws {
    let stuck = Route("GET", "/stuck") { _ in
        // Until the task is cancelled.
        let (events, source) = AsyncStream<Never>.makeStream()
        for await _ in events {}
        source.finish()
        return .takeover { _ in }
    }
    try await withServer([stuck] + standardRoutes) { server in
        let port = server.port
        let clients = try await onThread {
            try [
                "", "GET /he", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1",
                get("/never"), get("/stuck"), get("/big"),
            ].map { request in
                let client = try RawClient(port: port, receiveBuffer: 4096)
                client.send(request)
                return client.detach()
            }
        }
        // The handler of the large response is done, so that one holds no place.
        try await eventually("two handlers run, and all clients are connected") {
            server.statistics.requestsInFlight == 2 && server.statistics.openConnections == 6
        }
        await server.stop(within: .milliseconds(300))
        #expect(server.statistics.openConnections == 0)
        for client in clients { client.close() }
    }
}

@Test("a stopped server may be stopped again")
func stopTwice() async throws {
    try await withServer { server in
        let port = server.port
        for _ in 0..<2 {
            await server.stop(within: .seconds(1))
            #expect(server.statistics.openConnections == 0)
            await #expect(throws: POSIXError.self) {
                try await onThread { _ = try RawClient(port: port) }
            }
        }
    }
}

@Test("a server that was stopped before it ran returns at once")
func stoppedBeforeRun() async throws {
    let server = try await HTTPServer.bind(
        to: [.host("127.0.0.1", port: 0)],
        router: Router(standardRoutes)
    )
    let port = server.port
    let client = try await onThread { try RawClient(port: port).detach() }
    await server.stop(within: .seconds(1))
    await server.run()
    #expect(try await onThread { RawClient(client).isClosed() })
    client.close()
}

@Test("the bound address has the port chosen by the system, and a port in use is an error")
func addresses() async throws {
    try await withServer { server in
        let address = server.boundAddress
        #expect(address == .host("127.0.0.1", port: server.port))
        #expect(server.port != 0)
        let error = await #expect(throws: ListenError.self) {
            _ = try await HTTPServer.bind(to: [address], router: Router())
        }
        #expect(error?.description.hasPrefix("cannot listen on \(address): ") == true)
        #expect(error?.reason.contains("in use") == true)
    }
}

@Test("one server listens on several addresses, IPv6 and IPv4, and on all by default")
func severalAddresses() async throws {
    let server = try await HTTPServer.bind(
        to: [.host("127.0.0.1", port: 0), .host("", port: 0)],
        router: Router(standardRoutes)
    )
    async let running: Void = server.run()
    #expect(server.boundAddresses.count == 2)
    for case .host(_, let port) in server.boundAddresses {
        try await onThread {
            let client = try RawClient(port: port)
            client.send(get("/hello"))
            #expect(client.response()?.status == 200)
        }
    }
    await server.stop(within: .seconds(1))
    await running
}

@Test("an inherited bound socket is used, as passed by systemd")
func inheritedSocket() async throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(listen(descriptor, 8) == 0)
    let server = try await HTTPServer.bind(
        to: [.inherited(descriptor: descriptor)],
        router: Router(standardRoutes)
    )
    async let running: Void = server.run()
    let port = server.port
    #expect(port != 0)
    try await onThread {
        let client = try RawClient(port: port)
        client.send(get("/hello"))
        #expect(client.response()?.text == "hello\n")
    }
    await server.stop(within: .seconds(1))
    await running
}
