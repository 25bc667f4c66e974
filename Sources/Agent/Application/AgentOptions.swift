import Configuration
package import API
import Listener
import StrictYAML
import Threads

/// The settings of the command line. Everything else is in the configuration file.
package struct AgentOptions: Sendable {
    package var configurationFile = "graphwarden.yml"
    /// `:10355` listens on every address of the host.
    package var listenAddresses = [":10355"]
    /// Whether the user chose the addresses.
    package var choosesListenAddresses = false
    /// The sockets to serve at instead of the addresses.
    package var systemdSockets: SystemdSockets?
    /// Where to serve only health checks, without TLS and authentication.
    package var healthAddresses: [String] = []
    /// Where users reach the agent, if that differs from the addresses.
    package var externalURL: ExternalURL?
    /// Nil for the path of the external URL.
    package var routePrefix: RoutePrefix?
    /// Further names in a `Host` that may ask for changes.
    package var allowedHosts: [String] = []
    package var telemetryPath = "/metrics"
    package var storagePath = "data"
    /// The flags of the command line by name, to be shown.
    package var flags: [String: String] = [:]
    /// How much `/metrics` shows.
    package var exposure = MetricExposure()
    /// How long history is kept.
    package var retention = LoopParts.standardRetention
    /// Whether to go on with a ledger that is known to lack restarts.
    package var acceptsOlderLedger = false
    /// The part of the fleet that the agent sees; nil for all of it.
    package var shard: Shard?
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

    /// Whether the text is an http or https URL with a host.
    static func isURL(_ text: String) -> Bool { OriginPolicy.isURL(text) }

    /// Whether the text is a host name or address without a port.
    package static func isHost(_ text: String) -> Bool { OriginPolicy.isHost(text) }

    /// What `$externalURL` of templates is: only the path if no host is named, as in Prometheus.
    private func templateURL(_ web: WebConfiguration) -> String {
        externalURL.map { $0.absolute(isEncrypted: web.tls != nil) ?? $0.prefix.path } ?? ""
    }

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
            var loaded = try LoadedConfiguration.load(
                configurationFile,
                parser: query.parser,
                lookback: query.lookback,
                missingSecret: .warning
            )
            loaded.externalURL = templateURL(web)
            return (loaded, web)
        } catch {
            throw .configuration(error)
        }
    }
}
