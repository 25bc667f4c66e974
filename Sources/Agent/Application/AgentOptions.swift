import Configuration
package import API
package import Listener
import StrictYAML

/// What the command line says; everything else stands in the configuration file.
package struct AgentOptions: Sendable {
    package var configurationFile = "graphwarden.yml"
    /// `:10355` is every address of the machine.
    package var listenAddresses = [":10355"]
    package var telemetryPath = "/metrics"
    package var storagePath = "data"
    /// How often to look whether the configuration has changed; nil is only when asked to.
    package var autoReloadInterval: Duration?
    /// Prometheus' web configuration file; nil is plain HTTP for everybody.
    package var webConfigurationFile: String?
    /// The language of rules and queries, and what a query may cost.
    package var query = QueryOptions()
    /// Whether `/-/reload` may be used.
    package var enablesLifecycle = false

    /// Who is told how the agent is; nil when systemd did not start it.
    package var systemd: SystemdNotifier?

    package init() {}

    package static func isAddress(_ text: String) -> Bool {
        ListenAddress(text) != nil
    }

    func configurationWatch() -> ConfigurationWatch? {
        autoReloadInterval.map { ConfigurationWatch(configurationFile, every: $0) }
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
        let slot = ListenerSlot()
        do {
            let server = try await HTTPServer.bind(
                to: addresses,
                configuration: web.listener,
                tls: web.tls,
                authenticator: web.authenticator,
                router: Router(api.routes(slot))
            )
            slot.fill(server)
            return server
        } catch {
            throw .listen("\(error)")
        }
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
