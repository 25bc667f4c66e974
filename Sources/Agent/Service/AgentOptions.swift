import Listener

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

    func addresses() throws(StartError) -> [ListenAddress] {
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
