import Synchronization
import TestSupport
import Testing

@testable import Listener

@Test("a shared body is sent whole and as it is, time and again and in several chunks")
func sharedBody() async throws {
    let text = String(repeating: "0123456789", count: 300_000)
    let body = SharedBody(Array(text.utf8))
    #expect(body.count == 3_000_000 && body.bytes == Array(text.utf8))
    let route = Route("GET", "/") { _ in
        var response = ServerResponse(status: 200, headers: ["Content-Type": "text/plain"])
        response.sharedBody = body
        return .response(response)
    }
    let responses = try await withClient(of: [route]) { client in
        client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + get("/", "Accept-Encoding: gzip"))
        let head = client.response(toHead: true)
        let first = client.response()
        client.send(get("/"))
        return [head, first, client.response()]
    }
    for response in responses {
        #expect(response?.status == 200)
        #expect(response?.headers["content-length"] == "3000000")
        #expect(response?.headers["content-encoding"] == nil)
    }
    #expect(responses.map { $0?.text == text } == [false, true, true])
}

/// A page of 20 MB that is another one after `turn`.
private final class Page: Sendable {
    private let readers = Mutex(0)
    private let body = Mutex(SharedBody([UInt8](repeating: 65, count: 20 << 20)))

    /// How often it has been asked for.
    var readerCount: Int { readers.withLock(\.self) }

    func turn() {
        body.withLock { $0 = SharedBody([UInt8](repeating: 65, count: 20 << 20)) }
    }

    var route: Route {
        var route = Route("GET", "/page") { [self] _ in
            var response = ServerResponse(status: 200)
            response.sharedBody = body.withLock(\.self)
            readers.withLock { $0 += 1 }
            return .response(response)
        }
        route.isExemptFromLimits = true
        return route
    }
}

private func limits(stallTime: Duration) -> HTTPServerConfiguration {
    var configuration = HTTPServerConfiguration.patient
    configuration.maximumBufferedResponseBytes = 50 << 20
    configuration.stallTime = stallTime
    return configuration
}

private func leaveUnread(_ count: Int, port: Int) async throws -> [RawClient.Detached] {
    try await onThread {
        try (0..<count).map { _ in
            let client = try RawClient(port: port, receiveBuffer: 4096)
            client.send(get("/page"))
            return client.detach()
        }
    }
}

@Test("a page costs its memory once, however many do not read it")
func sharedOnce() async throws {
    let page = Page()
    try await withServer([page.route], limits(stallTime: waitLimit * 2)) { server in
        let readers = try await leaveUnread(20, port: server.port)
        let reads = try await onThread { [port = server.port] in
            let client = try RawClient(port: port)
            client.send(get("/page"))
            return client.response()?.body.count
        }
        #expect(reads == 20 << 20)
        #expect(server.statistics.responseBytes == 20 << 20)
        #expect(server.statistics.evictions == [:])
        for reader in readers { reader.close() }
        try await eventually("the memory is free") { server.statistics.responseBytes == 0 }
    }
}

@Test("those who read an old page too slowly are disconnected when newer ones need its memory")
func oldPagesGo() async throws {
    let page = Page()
    try await withServer([page.route], limits(stallTime: .milliseconds(1))) { server in
        let port = server.port
        var all: [RawClient.Detached] = []
        for version in 1...6 {
            all += try await leaveUnread(3, port: port)
            let open = min(version, 2) * 3
            try await eventually("those of the two newest pages are left") {
                page.readerCount == version * 3 && server.statistics.openConnections == open
                    && server.statistics.responseBytes == min(version, 2) * 20 << 20
            }
            page.turn()
        }
        #expect(server.statistics.evictions == [.slowReader: 12])
        for client in all { client.close() }
        try await eventually("the memory is free") { server.statistics.responseBytes == 0 }
    }
}

@Test("however fast they are read, old pages cost at most twice the memory of responses")
func oldPagesAreBounded() async throws {
    let page = Page()
    try await withServer([page.route], limits(stallTime: waitLimit * 2)) { server in
        let port = server.port
        var all: [RawClient.Detached] = []
        for version in 1...8 {
            all += try await leaveUnread(1, port: port)
            try await eventually("it is being sent") {
                page.readerCount == version
                    && server.statistics.openConnections == min(version, 5)
                    && server.statistics.responseBytes == min(version, 5) * 20 << 20
            }
            page.turn()
        }
        #expect(server.statistics.evictions == [.slowReader: 3])
        for client in all { client.close() }
    }
}
