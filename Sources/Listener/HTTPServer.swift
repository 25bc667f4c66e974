import NIOCore
import NIOHTTP1
import NIOPosix

/// A small HTTP/1.1 server: one event loop thread reads and writes, every request is answered by a
/// child task of `run`. Owns limits, timeouts and the protocol; must not know what it serves.
package final class HTTPServer: Sendable {
    /// In the order of the addresses given to `bind`, with the ports that the system chose.
    package let boundAddresses: [ListenAddress]
    private let core: ServerCore
    private let group: MultiThreadedEventLoopGroup

    private init(core: ServerCore, group: MultiThreadedEventLoopGroup, addresses: [ListenAddress]) {
        self.core = core
        self.group = group
        boundAddresses = addresses
    }

    /// Binds and listens at once; connections are answered as soon as `run` runs. A server that was
    /// bound must be run, if only to be stopped: `run` frees its thread.
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

    /// Where the server listens; the first, when there are several addresses.
    package var boundAddress: ListenAddress {
        boundAddresses.first ?? .host("", port: 0)
    }

    /// The port of the first address.
    package var port: Int {
        if case .host(_, let port) = boundAddress { port } else { 0 }
    }

    package var statistics: ListenerStatistics { core.statistics }

    /// Holds for the requests that come from now on.
    package func replaceAuthenticator(with authenticator: Authenticator?) {
        core.authenticator = authenticator
    }

    /// Holds for the responses and the requests from now on.
    package func replace(defaultHeaders: HeaderFields, rateLimit: RateLimit?) {
        core.defaultHeaders = defaultHeaders
        core.rateLimit = rateLimit
    }

    /// Holds for the connections that come from now on. A server without TLS stays without.
    package func replaceTLS(with tls: ServerTLS) {
        if core.tls != nil { core.tls = tls }
    }

    /// Serves until `stop`, or until its task is cancelled; then every connection is closed at once.
    /// Handlers that still run are cancelled, and waited for.
    package func run() async {
        let passwordThread = NIOThreadPool(numberOfThreads: 1)
        passwordThread.start()
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { tasks in
                for await job in core.jobs {
                    let authenticator = core.authenticator
                    tasks.addTask {
                        await job.run(authenticator: authenticator, passwordThread: passwordThread)
                    }
                }
                tasks.cancelAll()
            }
        } onCancel: {
            core.stop(within: .zero, on: group.any())
        }
        await core.drained.wait()
        try? await passwordThread.shutdownGracefully()
        try? await group.shutdownGracefully()
    }

    /// Accepts no more, closes idle connections, lets requests in flight be answered with
    /// `Connection: close`, and closes what is left after `limit`. Returns when all is closed.
    package func stop(within limit: Duration) async {
        core.stop(within: TimeAmount(limit), on: group.any())
        await core.drained.wait()
    }

    /// Binds, and serves while `body` runs.
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

/// Why a server could not listen at an address.
package struct ListenError: Error, Hashable, CustomStringConvertible {
    package let address: ListenAddress
    package let reason: String

    package var description: String { "cannot listen at \(address): \(reason)" }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
