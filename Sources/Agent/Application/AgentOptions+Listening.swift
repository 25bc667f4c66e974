import API
import Configuration
package import Listener
import Threads

extension AgentOptions {
    /// Below which path the routes are.
    var prefix: RoutePrefix { routePrefix ?? externalURL?.prefix ?? .root }

    /// - Parameter health: the listener for health checks, for the metrics.
    func bind(
        _ api: AgentAPI,
        _ web: WebConfiguration,
        health: HTTPServer?
    ) async throws(StartError) -> HTTPServer {
        let addresses = try addresses()
        let listener = ListenerReference()
        do {
            let server = try await HTTPServer.bind(
                to: addresses,
                configuration: Self.withOwnThreads(web.listener),
                tls: web.tls,
                authenticator: web.authenticator,
                router: Router(
                    prefix.applied(to: api.routes(listener)) { [externalURL] request in
                        externalURL?.prefix(forHost: request.headers["Host"])
                    }
                )
            )
            server.setOriginPolicy(
                externalURL: externalURL?.absolute(isEncrypted: web.tls != nil),
                hosts: allowedHosts
            )
            listener.set(server, others: health.map { [$0] } ?? [])
            return server
        } catch {
            throw .listen("\(error)")
        }
    }

    /// Binds the listener for health checks, which speaks plain HTTP and knows no passwords. It
    /// answers both with and without the route prefix, so that probes need not know it.
    ///
    /// - Returns: nil if there are no addresses for it.
    func bindHealth(_ board: StatusBoard) async throws(StartError) -> HTTPServer? {
        guard !healthAddresses.isEmpty else { return nil }
        let addresses = try Self.addresses(healthAddresses)
        let routes = HealthAPI(board: board, isPublic: true).routes
        let prefixed = prefix == .root ? [] : prefix.applied(to: routes)
        do {
            return try await HTTPServer.bind(
                to: addresses,
                configuration: Self.healthLimits,
                router: Router(routes + prefixed.filter { $0.name != RoutePrefix.redirect })
            )
        } catch {
            throw .listen("\(error)")
        }
    }

    /// Enough for the probes of a cluster, and little enough that the listener of everything else
    /// loses nothing to it.
    private static var healthLimits: HTTPServerConfiguration {
        var limits = HTTPServerConfiguration()
        limits.maximumConnections = 64
        limits.maximumConnectionsPerAddress = 32
        limits.maximumHeadBytes = 8 << 10
        limits.maximumHeadFields = 64
        limits.maximumBufferedHeadBytes = 256 << 10
        limits.maximumBodyBytes = 0
        limits.maximumBufferedBodyBytes = 0
        limits.smallBodyReserveBytes = 0
        limits.maximumBufferedResponseBytes = 1 << 20
        limits.headTimeout = .seconds(5)
        limits.idleTimeout = .seconds(30)
        limits.writeTimeout = .seconds(5)
        limits.responseTimeout = .seconds(10)
        limits.reservePool = ThreadPool(name: "health", count: 1)
        return limits
    }

    /// Requests give way to the cycle, and scrapes and health checks wait for no other request.
    private static func withOwnThreads(
        _ listener: HTTPServerConfiguration
    ) -> HTTPServerConfiguration {
        var listener = listener
        let count = ThreadPool.spareCores
        listener.requestPool = ThreadPool(name: "requests", count: count, niceness: 5)
        listener.reservePool = ThreadPool(name: "scrapes", count: 1)
        return listener
    }

    package func addresses() throws(StartError) -> [ListenAddress] {
        if let systemdSockets { return systemdSockets.addresses }
        return try Self.addresses(listenAddresses)
    }

    private static func addresses(_ texts: [String]) throws(StartError) -> [ListenAddress] {
        var addresses: [ListenAddress] = []
        for text in texts {
            guard let address = ListenAddress(text) else {
                throw .listen("\"\(text)\" is not an address such as :10355 or [::1]:10355")
            }
            addresses.append(address)
        }
        return addresses
    }
}
