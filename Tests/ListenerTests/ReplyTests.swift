import Listener
import Synchronization
import TestSupport
import Testing

private func routes(_ reply: Reply) -> [Route] {
    [Route("GET", "/") { _ in reply }]
}

@Test("a hijacked connection ends with its handler, without bytes from the server")
func close() async throws {
    try await withClient(of: routes(.takeover { _ in })) { client in
        client.send(get("/"))
        #expect(client.readToEnd() == "")
    }
}

@Test("what a handler writes to a hijacked connection is sent unchanged")
func raw() async throws {
    let reply = Reply.takeover { connection in
        await connection.write(Array("HTTP/1.1 200 OK\r\n".utf8))
        await connection.write(Array("Content-Le".utf8))
    }
    try await withClient(of: routes(reply)) { client in
        client.send(get("/"))
        #expect(client.readToEnd() == "HTTP/1.1 200 OK\r\nContent-Le")
    }
}

@Test("a handler is told that its client has left, and later writes are dropped")
func writesToNobody() async throws {
    let outcome = Mutex<[Bool]>([])
    let route = Route("GET", "/") { _ in
        .takeover { connection in
            let before = await connection.write([65])
            await connection.waitForClose()
            let after = await connection.write([66])
            outcome.withLock { $0 = [before, after] }
        }
    }
    try await withServer([route]) { server in
        let port = server.port
        try await onThread {
            let client = try RawClient(port: port)
            client.send(get("/"))
            #expect(client.read() == [65])
        }
        try await eventually("the handler ends") { outcome.withLock { $0.count == 2 } }
        #expect(outcome.withLock { $0 } == [true, false])
    }
}

@Test(
    "a handler that waits for the client keeps the connection silent, and ends with the client"
)
func never() async throws {
    try await withServer { server in
        let port = server.port
        let client = try await onThread {
            let client = try RawClient(port: port)
            client.send(get("/never"))
            return client.detach()
        }
        try await eventually("the request arrives") { server.statistics.requestsInFlight == 1 }
        try await onThread {
            // The server serves others meanwhile.
            let other = try RawClient(port: port)
            for _ in 0..<20 {
                other.send(get("/hello"))
                #expect(other.response()?.status == 200)
            }
            #expect(RawClient(client).hasReceivedNothing)
            client.close()
        }
        try await eventually("the connection ends") { server.statistics.openConnections == 0 }
        #expect(server.statistics.requestsInFlight == 0)
        #expect(server.statistics.requests.keys.allSatisfy { $0.handler != "/never" })
    }
}

@Test("it also ends with a client that half-closed before the reply")
func neverAfterClosed() async throws {
    let gate = HandlerGate()
    let route = Route("GET", "/") { _ in
        await gate.pass()
        return .takeover { await $0.waitForClose() }
    }
    try await withServer([route]) { server in
        let port = server.port
        try await onThread {
            let client = try RawClient(port: port)
            client.send(get("/"))
            client.finishSending()
        }
        try await eventually("the request arrives") { server.statistics.requestsInFlight == 1 }
        await gate.open()
        try await eventually("the connection ends") { server.statistics.openConnections == 0 }
    }
}
