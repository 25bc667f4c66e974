import API
import Agent
import ArgumentParser

/// The flags of the HTTP listener, named as in Prometheus and its exporters.
struct WebFlags: ParsableArguments {
    @Option(
        name: .customLong("web.listen-address"),
        help: """
            Address on which to expose metrics and the web interface. Repeatable for multiple \
            addresses. Default: :10355, all addresses of the host.
            """
    )
    var listenAddresses: [String] = []

    @Flag(
        name: .customLong("web.systemd-socket"),
        inversion: .prefixedNo,
        help: "Use the sockets that systemd passes instead of --web.listen-address."
    )
    var usesSystemdSockets = false

    @Option(
        name: .customLong("web.health-listen-address"),
        help: """
            Address on which to serve only /-/healthy and /-/ready, without TLS and \
            authentication. Repeatable.
            """
    )
    var healthAddresses: [String] = []

    @Option(
        name: .customLong("web.external-url"),
        help: """
            The URL under which the agent is externally reachable, for example via a reverse \
            proxy. Its path is the route prefix. Requests that change something must name its \
            host, or an address listened on, as their Host.
            """
    )
    var externalURL: String?

    @Option(
        name: .customLong("web.route-prefix"),
        help: "Prefix of all routes of the web interface. Default: path of --web.external-url."
    )
    var routePrefix: String?

    @Option(
        name: .customLong("web.allowed-host"),
        help: """
            A further host name under which requests that change something may reach the agent, \
            such as the name of a Kubernetes service. Repeatable.
            """
    )
    var allowedHosts: [String] = []

    @Option(
        name: .customLong("web.config.file"),
        help: """
            Path of a configuration file that can enable TLS or authentication, in Prometheus' \
            format.
            """
    )
    var configFile: String?

    @Option(
        name: .customLong("web.telemetry-path"),
        help: "Path under which to expose metrics."
    )
    var telemetryPath = "/metrics"

    @Flag(
        name: .customLong("web.enable-lifecycle"),
        inversion: .prefixedNo,
        help: "Enable reload via HTTP request."
    )
    var enablesLifecycle = false

    @Flag(
        name: .customLong("web.enable-admin-api"),
        inversion: .prefixedNo,
        help: """
            Enable orders of persons (approve, reject, pause, resume, acknowledge, restart, label) \
            via HTTP request. Needs users in the file of --web.config.file.
            """
    )
    var enablesAdminAPI = false

    func validate() throws {
        for address in listenAddresses + healthAddresses where !AgentOptions.isAddress(address) {
            throw ValidationError(
                "\"\(address)\" is not an address such as :10355, 127.0.0.1:10355 or [::1]:10355"
            )
        }
        if usesSystemdSockets, !listenAddresses.isEmpty {
            throw ValidationError(
                "--web.systemd-socket and --web.listen-address exclude each other"
            )
        }
        _ = try paths()
        for host in allowedHosts where !AgentOptions.isHost(host) {
            throw ValidationError(
                "--web.allowed-host \"\(host)\" is not a host name without a port"
            )
        }
        guard telemetryPath.hasPrefix("/"), telemetryPath.count > 1 else {
            throw ValidationError("--web.telemetry-path must be a path such as /metrics")
        }
    }

    private func paths() throws -> (url: ExternalURL?, prefix: RoutePrefix?) {
        do {
            return (
                try externalURL.map(ExternalURL.init), try routePrefix.map { try RoutePrefix($0) }
            )
        } catch let error as ExternalURLError {
            throw ValidationError("--web.external-url \(error)")
        } catch {
            throw ValidationError("--web.route-prefix: \(error)")
        }
    }

    func apply(to options: inout AgentOptions) throws {
        if !listenAddresses.isEmpty { options.listenAddresses = listenAddresses }
        options.choosesListenAddresses = !listenAddresses.isEmpty || usesSystemdSockets
        options.healthAddresses = healthAddresses
        (options.externalURL, options.routePrefix) = try paths()
        options.allowedHosts = allowedHosts
        options.webConfigurationFile = configFile
        options.telemetryPath = telemetryPath
        options.enablesLifecycle = enablesLifecycle
        options.enablesAdminAPI = enablesAdminAPI
    }
}
