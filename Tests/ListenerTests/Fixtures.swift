import Foundation
import Listener
import TestSupport

/// Runs blocking code on a separate thread.
func onThread<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
            continuation.resume(with: Swift.Result { try body() })
        }
    }
}

/// Serves the routes on a loopback port and passes a fresh client to `body`.
@discardableResult
func withClient<Result: Sendable>(
    of routes: [Route] = standardRoutes,
    _ configuration: HTTPServerConfiguration = .patient,
    _ body: @escaping @Sendable (RawClient) throws -> Result
) async throws -> Result {
    try await withServer(routes, configuration) { server in
        let port = server.port
        return try await onThread {
            let client = try RawClient(port: port)
            return try body(client)
        }
    }
}

func withServer<Result: Sendable>(
    _ routes: [Route] = standardRoutes,
    _ configuration: HTTPServerConfiguration = .patient,
    _ body: @Sendable (HTTPServer) async throws -> Result
) async throws -> Result {
    try await HTTPServer.serving(
        at: [.host("127.0.0.1", port: 0)],
        configuration: configuration,
        router: Router(routes),
        body
    )
}

/// Connections on each of which the request was sent. To be closed by the caller.
func clients(
    _ count: Int,
    sending request: String,
    to server: HTTPServer
) async throws -> [RawClient.Detached] {
    let port = server.port
    return try await onThread {
        try (0..<count).map { _ in
            let client = try RawClient(port: port)
            client.send(request)
            return client.detach()
        }
    }
}

extension HTTPServerConfiguration {
    /// Limits that never time out a connection, however busy the machine is.
    static var patient: HTTPServerConfiguration {
        var configuration = HTTPServerConfiguration()
        configuration.headTimeout = waitLimit * 2
        configuration.bodyTimeout = waitLimit * 2
        configuration.idleTimeout = waitLimit * 2
        configuration.writeTimeout = waitLimit * 2
        return configuration
    }
}

let standardRoutes: [Route] = [
    Route("GET", "/hello") { _ in .response(.text("hello\n")) },
    Route("POST", "/echo") { request in
        .response(ServerResponse(status: 200, body: request.body))
    },
    Route("POST", "/webhook", maximumBodyBytes: 4 << 20) { request in
        .response(.text("\(request.body.count)"))
    },
    Route("GET", "/big") { _ in
        .response(ServerResponse(status: 200, body: [UInt8](repeating: 65, count: 24 << 20)))
    },
    Route("GET", "/never") { _ in .takeover { await $0.waitForClose() } },
]

func get(_ path: String, _ headers: String...) -> String {
    "GET \(path) HTTP/1.1\r\nHost: a\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n"
}

func post(_ path: String, _ body: String) -> String {
    "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body
}

/// A gate at which handlers wait until the test opens it.
actor HandlerGate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func pass() async {
        guard !isOpen else { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    /// Answers once the gate is open.
    nonisolated var handler: @Sendable (ServerRequest) async -> Reply {
        { _ in
            await self.pass()
            return .response(.text("done"))
        }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}

/// Yields to all other ready tasks.
func letOthersRun() async {
    for _ in 0..<10_000 { await Task.yield() }
}
