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
            configuration file cannot be used, 64 wrong usage or no usable socket from systemd. \
            Retrying helps only after 1.

            The environment can set every flag: GRAPHWARDEN_WEB_LISTEN_ADDRESS sets \
            --web.listen-address. A flag takes precedence. Flags without a value are true or \
            false; values of repeatable flags are separated by commas.
            """
    )

    @OptionGroup var config: ConfigurationOptions

    @OptionGroup var web: WebFlags

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
        inversion: .prefixedNo,
        help: """
            Go on with a ledger that lacks restarts of an earlier run, such as a restored backup. \
            For one start; the agent only detects without it.
            """
    )
    var acceptsOlderLedger = false

    @Option(
        name: .customLong("shard"),
        help: """
            The part of the fleet that this agent sees, such as 2/3 for the second of three. \
            Agents of different parts share no limit on restarts.
            """
    )
    var shard: ShardArgument?

    @OptionGroup var metrics: MetricFlags

    @OptionGroup var query: QueryFlags

    @OptionGroup var log: LogOptions

    func validate() throws {
        guard retention.duration >= .seconds(86_400) else {
            throw ValidationError("--storage.retention.time must be at least 1d")
        }
    }

    func run() async throws {
        if config.check { return try checkFiles() }
        let (logger, counts) = log.logger()
        for warning in RunLine.current.warnings { logger.warning("\(warning)") }
        let options = try options(logger)
        let stop = StopSignal()
        let reloads = ReloadRequests()
        let signals = Signals(stop: stop, onHangup: reloads.ask)
        defer { signals.end() }
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

    private func options(_ logger: Logger) throws -> AgentOptions {
        var options = AgentOptions()
        options.configurationFile = config.file
        options.autoReloadInterval = config.autoReloads ? config.autoReloadInterval.duration : nil
        try web.apply(to: &options)
        options.flags = RunLine.current.values
        if !options.choosesListenAddresses {
            options.flags["web.listen-address"] = options.listenAddresses.joined(separator: ",")
        }
        options.storagePath = storagePath
        options.retention = retention.duration
        options.acceptsOlderLedger = acceptsOlderLedger
        options.shard = shard?.shard
        options.query = query.options
        options.exposure = metrics.exposure
        options.systemd = SystemdNotifier.fromEnvironment()
        options.systemdSockets = try systemdSockets(logger)
        return options
    }

    /// The sockets that systemd passes, if they are to be used.
    private func systemdSockets(_ logger: Logger) throws -> SystemdSockets? {
        defer { SystemdSockets.clearEnvironment() }
        guard web.usesSystemdSockets else {
            if SystemdSockets.arePassed {
                logger.warning("systemd passes sockets that are not used: see --web.systemd-socket")
            }
            return nil
        }
        do {
            return try SystemdSockets.take()
        } catch {
            logger.error("\(error)")
            throw ExitCode(64)
        }
    }

    /// Checks the files that a start would read, without starting the agent.
    private func checkFiles() throws {
        let check = ConfigurationCheck.check(
            config.file,
            parser: query.options.parser,
            lookback: query.options.lookback
        )
        let webCheck = web.configFile.map(WebConfigurationCheck.check)
        for line in check.lines { Terminal.output(line) }
        for problem in check.problems + (webCheck?.problems ?? []) { Terminal.error(problem) }
        let exitCode = max(check.exitCode, webCheck?.exitCode ?? 0)
        if exitCode != 0 { throw ExitCode(exitCode) }
    }
}
