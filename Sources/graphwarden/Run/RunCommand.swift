import Configuration
import Agent
import ArgumentParser
import Logging
import API

/// Turns the flags into `AgentOptions` and runs the agent. Everything else happens in `Agent`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the agent until SIGTERM or SIGINT.",
        discussion: """
            Exit codes: 0 stopped by a signal, 1 the host refused a resource such as a port, 2 a \
            configuration file cannot be used, 64 wrong usage. Retrying helps only after 1.
            """
    )

    @OptionGroup var config: ConfigurationOptions

    @Option(
        name: .customLong("web.listen-address"),
        help: """
            Address on which to expose metrics and the web interface. Repeatable for multiple \
            addresses. Default: :10355, all addresses of the host.
            """
    )
    var listenAddresses: [String] = []

    @Option(
        name: .customLong("web.external-url"),
        help: """
            The URL under which the agent is externally reachable, for example via a reverse \
            proxy. Requests that change something must name it, or an address listened on, as \
            their Host.
            """
    )
    var externalURL: String?

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
    var webConfigFile: String?

    @Option(
        name: .customLong("web.telemetry-path"),
        help: "Path under which to expose metrics."
    )
    var telemetryPath = "/metrics"

    @Flag(
        name: .customLong("web.enable-lifecycle"),
        help: "Enable reload via HTTP request."
    )
    var enablesLifecycle = false

    @Flag(
        name: .customLong("web.enable-admin-api"),
        help: """
            Enable orders of persons (approve, reject, pause, resume, acknowledge, restart) via \
            HTTP request. Needs users in the file of --web.config.file.
            """
    )
    var enablesAdminAPI = false

    @Option(
        name: .customLong("storage.path"),
        help: "Directory of the ledger, which stores intents, outcomes and alert states."
    )
    var storagePath = "data"

    @Option(
        name: .customLong("storage.retention.time"),
        help: "How long ended restarts and the audit trail are kept, at least 1d."
    )
    var retention = DurationArgument(duration: LoopParts.standardRetention, text: "90d")

    @Flag(
        name: .customLong("storage.accept-older-ledger"),
        help: """
            Go on with a ledger that lacks restarts of an earlier run, such as a restored backup. \
            For one start; the agent only detects without it.
            """
    )
    var acceptsOlderLedger = false

    @OptionGroup var query: QueryFlags

    @OptionGroup var log: LogOptions

    func validate() throws {
        for address in listenAddresses where !AgentOptions.isAddress(address) {
            throw ValidationError(
                "\"\(address)\" is not an address such as :10355, 127.0.0.1:10355 or [::1]:10355"
            )
        }
        if let externalURL, !AgentOptions.isURL(externalURL) {
            throw ValidationError(
                "--web.external-url must be a URL such as https://example.org/graphwarden/"
            )
        }
        for host in allowedHosts where !AgentOptions.isHost(host) {
            throw ValidationError(
                "--web.allowed-host \"\(host)\" is not a host name without a port"
            )
        }
        guard retention.duration >= .seconds(86_400) else {
            throw ValidationError("--storage.retention.time must be at least 1d")
        }
        guard telemetryPath.hasPrefix("/"), telemetryPath.count > 1 else {
            throw ValidationError("--web.telemetry-path must be a path such as /metrics")
        }
    }

    func run() async throws {
        if config.check { return try checkFiles() }
        // Must run before any thread starts.
        ProcessMemory.configure()
        let stop = StopSignal()
        let reloads = ReloadRequests()
        let signals = Signals(stop: stop, onHangup: reloads.ask)
        defer { signals.end() }
        let (logger, counts) = log.logger()
        var options = AgentOptions()
        options.configurationFile = config.file
        options.autoReloadInterval = config.autoReloads ? config.autoReloadInterval.duration : nil
        options.webConfigurationFile = webConfigFile
        if !listenAddresses.isEmpty { options.listenAddresses = listenAddresses }
        options.choosesListenAddresses = !listenAddresses.isEmpty
        options.externalURL = externalURL
        options.allowedHosts = allowedHosts
        options.telemetryPath = telemetryPath
        options.storagePath = storagePath
        options.retention = retention.duration
        options.acceptsOlderLedger = acceptsOlderLedger
        options.enablesLifecycle = enablesLifecycle
        options.enablesAdminAPI = enablesAdminAPI
        options.query = query.options
        options.systemd = SystemdNotifier.fromEnvironment()
        let application: Application
        do {
            application = try await Application.start(
                options,
                stop: stop,
                reloads: reloads,
                logger: logger,
                logs: counts
            )
        } catch {
            // A configuration error has one line per mistake; each becomes one log record.
            for line in "\(error)".split(separator: "\n") { logger.error("\(line)") }
            throw ExitCode(error.exitCode)
        }
        guard await application.run() else { throw ExitCode(1) }
    }

    /// Checks the files that a start would read, without starting the agent.
    private func checkFiles() throws {
        let check = ConfigurationCheck.check(
            config.file,
            parser: query.options.parser,
            lookback: query.options.lookback
        )
        let web = webConfigFile.map(WebConfigurationCheck.check)
        for line in check.lines { Terminal.output(line) }
        for problem in check.problems + (web?.problems ?? []) { Terminal.error(problem) }
        let exitCode = max(check.exitCode, web?.exitCode ?? 0)
        if exitCode != 0 { throw ExitCode(exitCode) }
    }
}
