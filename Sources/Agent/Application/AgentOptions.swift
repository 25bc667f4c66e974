import Configuration
package import API
package import Listener
import StrictYAML
import Threads

/// The settings of the command line. Everything else is in the configuration file.
package struct AgentOptions: Sendable {
    package var configurationFile = "graphwarden.yml"
    /// `:10355` listens on every address of the host.
    package var listenAddresses = [":10355"]
    /// Whether the user chose the addresses.
    package var choosesListenAddresses = false
    /// Where users reach the agent, if that differs from the addresses.
    package var externalURL: String?
    /// Further names in a `Host` that may ask for changes.
    package var allowedHosts: [String] = []
    package var telemetryPath = "/metrics"
    package var storagePath = "data"
    /// How long history is kept.
    package var retention = LoopParts.standardRetention
    /// Whether to go on with a ledger that is known to lack restarts.
    package var acceptsOlderLedger = false
    /// How often to check whether the configuration has changed. Nil disables auto-reload.
    package var autoReloadInterval: Duration?
    /// Path of the web configuration file. Nil serves plain HTTP without authentication.
    package var webConfigurationFile: String?
    /// The language version of rules and queries, and the limits of a query.
    package var query = QueryOptions()
    /// Whether `/-/reload` is enabled.
    package var enablesLifecycle = false
    /// Whether persons can give orders.
    package var enablesAdminAPI = false

    /// Nil if systemd did not start the agent.
    package var systemd: SystemdNotifier?

    package init() {}

    package static func isAddress(_ text: String) -> Bool {
        ListenAddress(text) != nil
    }

    package static func isURL(_ text: String) -> Bool { OriginPolicy.isURL(text) }

    /// Whether the text is a host name or address without a port.
    package static func isHost(_ text: String) -> Bool { OriginPolicy.isHost(text) }

    func configurationWatch() -> ConfigurationWatch? {
        autoReloadInterval.map { ConfigurationWatch(configurationFile, every: $0) }
    }

    /// Anybody who can connect could give orders otherwise.
    func refuseOrdersOfStrangers(_ web: WebConfiguration) throws(StartError) {
        guard enablesAdminAPI, web.authenticator == nil else { return }
        throw .unauthenticated(
            webConfigurationFile.map { "\($0) has no basic_auth_users" }
                ?? "there is no web configuration"
        )
    }

    /// Reads the configuration, the rule files and the web configuration.
    func load() throws(StartError) -> (LoadedConfiguration, WebConfiguration) {
        do throws(ConfigurationError) {
            let web = try webConfigurationFile.map(WebConfiguration.load) ?? WebConfiguration()
            let loaded = try LoadedConfiguration.load(
                configurationFile,
                parser: query.parser,
                lookback: query.lookback,
                missingSecret: .warning
            )
            return (loaded, web)
        } catch {
            throw .configuration(error)
        }
    }

    func bind(_ api: AgentAPI, _ web: WebConfiguration) async throws(StartError) -> HTTPServer {
        let addresses = try addresses()
        let listener = ListenerReference()
        do {
            let server = try await HTTPServer.bind(
                to: addresses,
                configuration: Self.withOwnThreads(web.listener),
                tls: web.tls,
                authenticator: web.authenticator,
                router: Router(api.routes(listener))
            )
            server.setOriginPolicy(externalURL: externalURL, hosts: allowedHosts)
            listener.set(server)
            return server
        } catch {
            throw .listen("\(error)")
        }
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
        var addresses: [ListenAddress] = []
        for text in listenAddresses {
            guard let address = ListenAddress(text) else {
                throw .listen("\"\(text)\" is not an address such as :10355 or [::1]:10355")
            }
            addresses.append(address)
        }
        return addresses
    }
}
