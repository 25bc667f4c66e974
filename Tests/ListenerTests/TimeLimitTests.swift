import Testing

@testable import Listener

/// The timeouts of a connection, with a manual clock.
@Suite("The timeout")
struct TimeLimitTests {
    private let millisecond = Duration.milliseconds(1)

    @Test("of the head is 408")
    func slowHead() async throws {
        let connection = try await VirtualConnection { $0.headTimeout = .seconds(10) }
        try await connection.send("GET /hello HTTP/1.1\r\nHo")
        await connection.pass(.seconds(10) - millisecond)
        #expect(try await connection.received() == "")
        await connection.pass(millisecond)
        let response = try await connection.received()
        #expect(response.hasPrefix("HTTP/1.1 408 "))
        #expect(response.contains("\r\nConnection: close\r\n"))
        #expect(!connection.isOpen)
    }

    @Test("of the head is not extended while a head trickles in")
    func trickledHead() async throws {
        let connection = try await VirtualConnection { $0.headTimeout = .seconds(10) }
        try await connection.send("GET /hello HTTP/1.1\r\nHost: a\r\nX: ")
        for _ in 0..<9 {
            await connection.pass(.seconds(1))
            try await connection.send("x")
            #expect(try await connection.received() == "")
        }
        await connection.pass(.seconds(1))
        #expect(try await connection.received().hasPrefix("HTTP/1.1 408 "))
    }

    @Test("of the head drops a client that sends nothing, without a response")
    func silentClient() async throws {
        let connection = try await VirtualConnection { $0.headTimeout = .seconds(10) }
        await connection.pass(.seconds(10) - millisecond)
        #expect(connection.isOpen)
        await connection.pass(millisecond)
        #expect(!connection.isOpen)
        #expect(try await connection.received() == "")
    }

    @Test("of the body is 408")
    func slowBody() async throws {
        let connection = try await VirtualConnection { $0.bodyTimeout = .seconds(30) }
        try await connection.send(
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345"
        )
        await connection.pass(.seconds(30) - millisecond)
        #expect(try await connection.received() == "")
        await connection.pass(millisecond)
        #expect(try await connection.received().hasPrefix("HTTP/1.1 408 "))
        #expect(!connection.isOpen)
    }

    @Test("of an idle connection closes it without a response")
    func idle() async throws {
        let connection = try await VirtualConnection {
            $0.headTimeout = .seconds(1)
            $0.idleTimeout = .seconds(60)
        }
        try await connection.send(get("/hello"))
        try await connection.handleRequest()
        #expect(try await connection.received().hasPrefix("HTTP/1.1 200 "))
        await connection.pass(.seconds(60) - millisecond)
        #expect(connection.isOpen)
        await connection.pass(millisecond)
        #expect(!connection.isOpen)
        #expect(try await connection.received() == "")
    }

    @Test("of writing drops a client that does not read its response")
    func stalledReader() async throws {
        let connection = try await VirtualConnection(takesWrites: false) {
            $0.writeTimeout = .seconds(30)
        }
        try await connection.send(get("/big"))
        try await connection.handleRequest()
        await connection.pass(.seconds(30) - millisecond)
        #expect(connection.isOpen)
        // The handler has done its work; only memory is still in use.
        #expect(connection.core.statistics.requestsInFlight == 0)
        #expect(connection.core.statistics.responseBytes == 24 << 20)
        await connection.pass(millisecond)
        #expect(!connection.isOpen)
        #expect(connection.core.statistics.responseBytes == 0)
    }

    @Test("of writing starts over whenever the client reads")
    func slowReader() async throws {
        let connection = try await VirtualConnection(takesWrites: false) {
            $0.writeTimeout = .seconds(30)
            $0.idleTimeout = .seconds(600)
        }
        try await connection.send(get("/big"))
        try await connection.handleRequest()
        var count = 0
        var rounds = 0
        while case let taken = try await connection.takeWrites(), taken > 0 {
            count += taken
            rounds += 1
            await connection.pass(.seconds(29))
        }
        #expect(count > 24 << 20)
        #expect(rounds > 10)
        #expect(connection.isOpen)
    }
}
