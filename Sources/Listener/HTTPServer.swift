// Listener is the agent's HTTP/1.1 server: sockets, TLS, parsing (by SwiftNIO), routing,
// authentication, limits, timeouts and compression. A request travels from `ConnectionHandler`,
// which reads it on the event loop, through `ServerCore`, which admits it, to `AdmittedRequest`,
// which runs its handler in a task of its own.
//
// Listener must not know what it serves: routes and handlers are arguments. Every resource that a
// client can occupy has a limit in `HTTPServerConfiguration`. It logs nothing; what it rejects is
// counted in `ListenerStatistics`.

import NIOCore
import NIOHTTP1
import NIOPosix

/// A small HTTP/1.1 server. One event loop thread does all I/O; every request is handled in a child
/// task of `run`.
package final class HTTPServer: Sendable {
    /// In the order of the addresses passed to `bind`, with the ports that the system assigned.
    package let boundAddresses: [ListenAddress]
    private let core: ServerCore
    private let group: MultiThreadedEventLoopGroup

    private init(core: ServerCore, group: MultiThreadedEventLoopGroup, addresses: [ListenAddress]) {
        self.core = core
        self.group = group
        boundAddresses = addresses
    }

    /// Binds and listens. Connections are accepted immediately, but requests wait until `run` is
    /// called. Every bound server must be run, even if only to stop it: `run` frees its thread.
    ///
    /// - Throws: if any address fails; the others are closed again.
    package static func bind(
        to addresses: [ListenAddress],
        configuration: HTTPServerConfiguration = HTTPServerConfiguration(),
        tls: ServerTLS? = nil,
        authenticator: Authenticator? = nil,
        router: Router
    ) async throws(ListenError) -> HTTPServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let core = ServerCore(
            configuration: configuration,
            router: router
        )
        core.authenticator = authenticator
        core.tls = tls
        let bootstrap = ServerBootstrap.make(core: core, group: group)
        do {
            var bound: [ListenAddress] = []
            for address in addresses {
                let channel = try await bootstrap.listen(at: address)
                core.listening(channel)
                bound.append(ListenAddress(channel.localAddress) ?? address)
            }
            return HTTPServer(core: core, group: group, addresses: bound)
        } catch {
            core.stop(within: .zero, on: group.any())
            await core.drained.wait()
            try? await group.shutdownGracefully()
            throw error
        }
    }

    /// The first address on which the server listens.
    package var boundAddress: ListenAddress {
        boundAddresses.first ?? .host("", port: 0)
    }

    /// The port of the first address.
    package var port: Int {
        if case .host(_, let port) = boundAddress { port } else { 0 }
    }

    package var statistics: ListenerStatistics { core.statistics }
    package var limits: HTTPServerConfiguration { core.configuration }

    /// The first rejected request of each reason since the last call: the client's address, the
    /// status and the reason in words.
    package func takeExamples() -> [RejectionReason: String] { core.takeExamples() }

    /// Applies to new requests. nil turns authentication off.
    package func replaceAuthenticator(with authenticator: Authenticator?) {
        core.authenticator = authenticator
    }

    /// Applies to new requests. Set it after binding, which tells the addresses.
    package func setOriginPolicy(externalURL: String?, hosts: [String]) {
        core.originPolicy = OriginPolicy(
            addresses: boundAddresses,
            externalURL: externalURL,
            hosts: hosts
        )
    }

    /// Applies to new responses and requests.
    package func replace(defaultHeaders: HeaderFields, rateLimit: RateLimit?) {
        core.defaultHeaders = defaultHeaders
        core.rateLimit = rateLimit
    }

    /// Applies to new connections. Ignored by a server that was bound without TLS: its clients
    /// speak plain HTTP.
    package func replaceTLS(with tls: ServerTLS) {
        if core.tls != nil { core.tls = tls }
    }

    /// Serves until `stop` is called or the task is cancelled. Cancellation closes every connection
    /// at once. Handlers still running are cancelled and awaited. Call it once.
    package func run() async {
        await withTaskCancellationHandler {
            await withTaskExecutorPreference(core.dispatchPool) {
                await withDiscardingTaskGroup { tasks in
                    for await job in core.jobs {
                        tasks.addTask(executorPreference: job.pool) { await job.run() }
                    }
                    tasks.cancelAll()
                }
            }
        } onCancel: {
            core.stop(within: .zero, on: group.any())
        }
        await core.drained.wait()
        try? await group.shutdownGracefully()
    }

    /// Shuts down gracefully: stops accepting, closes idle connections, lets requests in flight
    /// finish with `Connection: close`, and closes the remaining connections after `limit`. Returns
    /// when all connections are closed.
    package func stop(within limit: Duration) async {
        core.stop(within: TimeAmount(limit), on: group.any())
        await core.drained.wait()
    }

    /// Binds, and serves for as long as `body` runs.
    package static func serving<Result: Sendable>(
        at addresses: [ListenAddress],
        configuration: HTTPServerConfiguration = HTTPServerConfiguration(),
        tls: ServerTLS? = nil,
        authenticator: Authenticator? = nil,
        router: Router,
        _ body: @Sendable (HTTPServer) async throws -> Result
    ) async throws -> Result {
        let server = try await bind(
            to: addresses,
            configuration: configuration,
            tls: tls,
            authenticator: authenticator,
            router: router
        )
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await server.run() }
            defer { tasks.cancelAll() }
            return try await body(server)
        }
    }
}

/// Why a server could not listen on an address.
package struct ListenError: Error, Hashable, CustomStringConvertible {
    package let address: ListenAddress
    package let reason: String

    package var description: String { "cannot listen on \(address): \(reason)" }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
