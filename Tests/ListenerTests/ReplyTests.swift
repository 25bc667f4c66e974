import Listener
import Testing

private func routes(_ reply: Reply) -> [Route] {
    [Route("GET", "/") { _ in reply }]
}

@Test("close ends the connection without a byte")
func close() async throws {
    try await withClient(of: routes(.close)) { client in
        client.send(get("/"))
        #expect(client.readToEnd() == "")
    }
}

@Test("raw sends the bytes as they are and closes")
func raw() async throws {
    try await withClient(of: routes(.raw(Array("HTTP/1.1 200 OK\r\nContent-Le".utf8)))) { client in
        client.send(get("/"))
        #expect(client.readToEnd() == "HTTP/1.1 200 OK\r\nContent-Le")
    }
}

@Test("never keeps the connection and says nothing, and ends with the client")
func never() async throws {
    try await withServer { server in
        let port = server.port
        try await onThread {
            let client = try RawClient(port: port, patience: 1)
            client.send(get("/never"))
            #expect(client.readToEnd() == nil)
            client.close()
        }
        #expect(try await eventually { server.statistics.openConnections == 0 })
        #expect(server.statistics.requestsInFlight == 0)
        #expect(server.statistics.requests == [:])
    }
}

@Test("never ends too with a client that had closed its side before the reply")
func neverAfterClosed() async throws {
    let door = Door()
    let route = Route("GET", "/") { _ in
        await door.pass()
        return .never
    }
    try await withServer([route]) { server in
        let port = server.port
        try await onThread {
            let client = try RawClient(port: port)
            client.send(get("/"))
            client.finishSending()
        }
        #expect(try await eventually { server.statistics.requestsInFlight == 1 })
        await door.open()
        #expect(try await eventually { server.statistics.openConnections == 0 })
    }
}

@Test("after waits and goes on with the other reply")
func after() async throws {
    let reply = Reply.after(.milliseconds(100), .after(.milliseconds(100), .response(.text("x"))))
    let elapsed = try await ContinuousClock().measure {
        try await withClient(of: routes(reply)) { client in
            client.send(get("/"))
            #expect(client.response()?.text == "x")
        }
    }
    #expect(elapsed >= .milliseconds(200))
}

@Test("drip keeps to slow rates", arguments: [(5, 2), (40, 10)])
func dripRate(bytesPerSecond: Int, count: Int) async throws {
    let body = [UInt8](repeating: 65, count: count)
    let reply = Reply.drip(ServerResponse(status: 200, body: body), bytesPerSecond: bytesPerSecond)
    let elapsed = try await ContinuousClock().measure {
        try await withClient(of: routes(reply)) { client in
            client.send(get("/"))
            #expect(client.response()?.body == body)
        }
    }
    #expect(elapsed >= .seconds(1) * (count - max(1, bytesPerSecond / 10)) / bytesPerSecond)
}

@Test("drip sends the head at once and the body in parts, and the connection goes on")
func drip() async throws {
    let reply = Reply.drip(.text("0123456789"), bytesPerSecond: 20)
    let elapsed = try await ContinuousClock().measure {
        try await withClient(of: routes(reply)) { client in
            client.send(get("/"))
            var received = String(decoding: try #require(client.read()), as: UTF8.self)
            #expect(received.contains("Content-Length: 10"))
            #expect(!received.contains("456"))
            while !received.hasSuffix("9"), let bytes = client.read() {
                received += String(decoding: bytes, as: UTF8.self)
            }
            #expect(received.hasSuffix("\r\n\r\n0123456789"))
            client.send(get("/"))
            #expect(client.response()?.text == "0123456789")
        }
    }
    #expect(elapsed >= .milliseconds(400))
}
