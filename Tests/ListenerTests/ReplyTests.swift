import Listener
import TestSupport
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
        let client = try await onThread {
            let client = try RawClient(port: port)
            client.send(get("/never"))
            return client.detach()
        }
        try await eventually("the request arrives") { server.statistics.requestsInFlight == 1 }
        try await onThread {
            // The server goes on meanwhile.
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
        try await eventually("the request arrives") { server.statistics.requestsInFlight == 1 }
        await door.open()
        try await eventually("the connection ends") { server.statistics.openConnections == 0 }
    }
}

@Test("drip sends the whole body in the end, and the connection goes on")
func drip() async throws {
    let reply = Reply.drip(.text("0123456789"), bytesPerSecond: 100)
    try await withClient(of: routes(reply)) { client in
        client.send(get("/"))
        var received = ""
        while !received.hasSuffix("9"), let bytes = client.read() {
            received += String(decoding: bytes, as: UTF8.self)
        }
        #expect(received.contains("Content-Length: 10"))
        #expect(received.hasSuffix("\r\n\r\n0123456789"))
        client.send(get("/"))
        #expect(client.response()?.text == "0123456789")
    }
}
