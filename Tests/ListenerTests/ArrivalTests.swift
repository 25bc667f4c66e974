import Foundation
import NIOCore
import NIOEmbedded
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import Listener

/// One connection over an embedded channel, whose handlers never run.
private func withConnection(
    _ body: (EmbeddedChannel, ConnectionHandler) throws -> Void
) throws {
    let core = ServerCore(configuration: HTTPServerConfiguration(), router: Router(standardRoutes))
    let channel = EmbeddedChannel()
    try ServerBootstrap.addHandlers(to: channel, core: core, table: ConnectionTable(core: core))
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    let handler = try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self)
    try body(channel, handler)
    _ = try? channel.finish(acceptAlreadyClosed: true)
}

@Test("of requests that arrive with the current one, few are parsed before it is answered")
func parsedAhead() throws {
    try withConnection { channel, handler in
        let short = String(repeating: "GET / HTTP/1.0\r\n\r\n", count: 900)
        try channel.writeInbound(ByteBuffer(string: get("/hello") + short))
        guard case .handling = handler.phase else { throw Unexpected() }
        // Three parts of the parser for each two requests at most.
        #expect(handler.countAhead <= 2 * 1024 / 18)
        #expect(handler.isReading == false)
    }
}

private struct Unexpected: Error {}

@Test(
    "a head has at most 128 fields, and the answer says so",
    arguments: [(128, 200), (129, 431), (255, 431), (16_000, 431)]
)
func headFields(count: Int, status: Int) async throws {
    try await withClient { client in
        let others = String(repeating: "a:\r\n", count: count - 1)
        client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\(others)\r\n")
        let response = try #require(client.response())
        #expect(response.status == status)
        if status == 431 { #expect(response.text.contains("128 fields")) }
    }
}

private func passwords() throws -> Authenticator {
    var configuration = AuthenticationConfiguration()
    let hash = PasswordHash.crypt(Array("secret".utf8), setting: BcryptHash.setting(cost: 8))
    configuration.basicUsers = ["ann": try #require(hash)]
    return try Authenticator(configuration)
}

private let annsField =
    "Authorization: Basic " + Data("ann:secret".utf8).base64EncodedString() + "\r\n"

@Test(
    "what follows a request that waits for bcrypt, malformed or not, does not change its answer",
    arguments: ["", "garbage\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /hello HTTP/1.1\r\n\r\n"],
    [false, true]
)
func afterPassword(rest: String, closesSending: Bool) async throws {
    try await HTTPServer.serving(
        at: [.host("127.0.0.1", port: 0)],
        configuration: .patient,
        authenticator: try passwords(),
        router: Router(standardRoutes)
    ) { server in
        let port = server.port
        try await onThread {
            let client = try RawClient(port: port)
            let body = String(repeating: "x", count: 20_000)
            client.send(
                "POST /echo HTTP/1.1\r\nHost: a\r\n\(annsField)Content-Length: 20000\r\n\r\n"
                    + body + rest
            )
            if closesSending { client.finishSending() }
            let response = client.response()
            #expect(response?.status == 200)
            #expect(response?.text == body)
        }
        try await eventually("nothing is left") {
            server.statistics.bodyBytes == 0 && server.statistics.requestsInFlight == 0
        }
    }
}

@Test("a malformed body after a request that waits for bcrypt is 400")
func malformedBodyAfterPassword() async throws {
    try await HTTPServer.serving(
        at: [.host("127.0.0.1", port: 0)],
        configuration: .patient,
        authenticator: try passwords(),
        router: Router(standardRoutes)
    ) { server in
        let port = server.port
        try await onThread {
            let client = try RawClient(port: port)
            client.send(
                "POST /echo HTTP/1.1\r\nHost: a\r\n\(annsField)"
                    + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n"
            )
            #expect(client.response()?.status == 400)
        }
    }
}

@Test("a client that sends much ahead and closes its sending side gets the answer to the first")
func muchAhead() async throws {
    let gate = HandlerGate()
    let wait = Route("GET", "/wait", gate.handler)
    try await withServer([wait]) { server in
        let port = server.port
        let client = try await onThread {
            let client = try RawClient(port: port)
            client.send(get("/wait"))
            return client.detach()
        }
        try await eventually("it is handled") { server.statistics.requestsInFlight == 1 }
        try await onThread {
            let client = RawClient(client)
            client.send(String(repeating: get("/wait"), count: 3_000))
            client.finishSending()
        }
        await gate.open()
        try await onThread { #expect(RawClient(client).response()?.text == "done") }
        client.close()
    }
}
