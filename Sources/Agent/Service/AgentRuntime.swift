import GES
import HTTPClient
import Ledger
import Listener
package import Logging
import Remediation
import Rules
import Series

/// A whole agent, wired: the service, the listener and what they share.
package struct AgentRuntime {
    private var service: AgentService
    private let server: HTTPServer
    private let clients: ClientsInFlight
    private let stop: StopSignal
    package let board: StatusBoard
    private let logger: Logger

    /// How long open connections may take to end once the agent stops.
    private static let stopLimit = Duration.seconds(10)

    /// Where the agent listens; the ports that the system chose are filled in.
    package var addresses: [String] { server.boundAddresses.map { "\($0)" } }

    /// Reads the configuration, opens the ledger and binds the listener. Nothing is sampled and
    /// nothing is served before `run`.
    package static func start(
        _ options: AgentOptions,
        stop: StopSignal,
        logger: Logger,
        logs: LogCounts,
        clock: AgentClock = .system
    ) async throws(StartError) -> AgentRuntime {
        let loaded = try LoadedConfiguration.load(options.configurationFile)
        return try await start(
            loaded,
            options,
            stop: stop,
            logger: logger,
            logs: logs,
            clock: clock
        )
    }

    package static func start(
        _ loaded: LoadedConfiguration,
        _ options: AgentOptions,
        stop: StopSignal,
        logger: Logger,
        logs: LogCounts,
        clock: AgentClock
    ) async throws(StartError) -> AgentRuntime {
        logger.info(
            "Starting graphwarden",
            metadata: ["version": "\(BuildInformation.current.version)"]
        )
        for warning in loaded.warnings { logger.warning("\(warning)") }
        let metrics = MetricRegistry()
        metrics.set(MetricCatalog.reloadSuccessful, to: 1)
        metrics.set(MetricCatalog.reloadTimestamp, to: clock.now().seconds)
        let board = StatusBoard()
        let parts = AgentParts(
            loaded: loaded,
            options: options,
            metrics: metrics,
            board: board,
            clock: clock,
            stop: stop,
            logger: logger
        )
        let (service, clients) = try parts.service()
        let api = AgentAPI(
            telemetryPath: options.telemetryPath,
            board: board,
            metrics: metrics,
            logs: logs,
            clients: clients,
            clock: clock
        )
        let server = try await api.bind(to: options.addresses())
        for address in server.boundAddresses {
            logger.info("Listening on", metadata: ["address": "\(address)"])
        }
        return AgentRuntime(
            service: service,
            server: server,
            clients: clients,
            stop: stop,
            board: board,
            logger: logger
        )
    }

    /// Works until the end is asked for; then finishes what was begun. Returns false when the
    /// listener ended before that: an agent that nobody can ask must not go on unseen.
    package consuming func run() async -> Bool {
        var service = service
        let endedInOrder = await withTaskGroup(of: Bool.self) { [server, stop] group in
            group.addTask {
                await server.run()
                defer { stop.request() }
                return stop.isRequested
            }
            await service.run()
            await server.stop(within: Self.stopLimit)
            return await group.next() ?? true
        }
        clients.management.shutdown()
        clients.dataPlane.shutdown()
        logger.info("Stopped")
        return endedInOrder
    }
}
