package import API
import Configuration
import Listener
import Threads
package import Logging
package import Time

/// A complete agent: the loop, the listener and their companions, created, started and stopped
/// together.
package struct Application {
    private var loop: AgentLoop
    private let server: HTTPServer
    /// For health checks only.
    private let healthServer: HTTPServer?
    private let reloader: Reloader
    private let webWatch: WebConfigurationWatch?
    private let systemdReports: SystemdReports?
    private let refusals: RefusalReport
    private let notifier: Notifier
    private let exporter: OTLPExporter
    /// The concurrency pool belongs to the cycle, the watcher and the performer. What may compute
    /// or block for long beside them has threads of its own.
    private let threads = Threads()

    private struct Threads {
        let watchdog = ThreadPool(name: "watchdog", count: 1)
        let reloads = ThreadPool(name: "reloads", count: 1, niceness: 5)
        let reports = ThreadPool(name: "reports", count: 1)
        let notifications = ThreadPool(name: "notifications", count: 1, niceness: 5)
    }
    private let clients: ClientsInFlight
    private let stop: StopSignal
    private let clock: AgentClock
    package let board: StatusBoard
    private let logger: Logger

    /// How long open connections may take to finish once the agent stops.
    private static let stopLimit = Duration.seconds(10)

    /// Where the agent listens; the ports that the system chose are filled in.
    package var addresses: [String] { server.boundAddresses.map { "\($0)" } }

    /// Reads the configuration, opens the ledger and binds the listener. Nothing is sampled and
    /// nothing is served before `run`. A reload requested in between is not lost.
    package static func start(
        _ options: AgentOptions,
        stop: StopSignal,
        reloads: ReloadRequests,
        logger: Logger,
        logs: LogCounts,
        clock: AgentClock = .system
    ) async throws(StartError) -> Application {
        logger.info(
            "Starting graphwarden",
            metadata: ["version": "\(BuildInformation.current.version)"]
        )
        // The watch starts before the first read, so that it misses no change in between.
        let watch = options.configurationWatch()
        let (loaded, web) = try options.load()
        try options.refuseOrdersOfStrangers(web)
        for warning in web.warnings + loaded.warnings { logger.warning("\(warning)") }
        let parts = ApplicationParts(
            loaded: loaded,
            options: options,
            isEncrypted: web.tls != nil,
            clock: clock,
            stop: stop,
            logger: logger
        )
        parts.board.hasUsers = web.authenticator != nil
        let loop = try parts.loop()
        let api = parts.api(loop, logs: logs, reloads: reloads)
        let healthServer = try await options.bindHealth(parts.board)
        let server = try await options.bind(api, web, health: healthServer)
        announce(server.boundAddresses, web, options, logger)
        for address in healthServer?.boundAddresses ?? [] {
            logger.info("Serving health checks on", metadata: ["address": "\(address)"])
        }
        return Application(
            loop: loop,
            server: server,
            healthServer: healthServer,
            reloader: parts.reloader(reloads, watch),
            webWatch: parts.webWatch(server, web),
            systemdReports: parts.systemdReports(),
            refusals: RefusalReport(server: server, clock: clock, stop: stop, tally: parts.tally),
            notifier: parts.notifier,
            exporter: parts.exporter,
            clients: parts.clients,
            stop: stop,
            clock: clock,
            board: parts.board,
            logger: logger
        )
    }

    private static func announce(
        _ addresses: [ListenAddress],
        _ web: WebConfiguration,
        _ options: AgentOptions,
        _ logger: Logger
    ) {
        warnOfEverybody(addresses, web, options, logger)
        for address in addresses {
            logger.info("Listening on", metadata: ["address": "\(address)"])
            logger.info(
                web.tls == nil ? "TLS is disabled." : "TLS is enabled.",
                metadata: ["address": "\(address)", "http2": "false"]
            )
        }
    }

    /// Like the exporters, the agent listens on all addresses unless told otherwise; unlike them,
    /// it says who can read what.
    private static func warnOfEverybody(
        _ addresses: [ListenAddress],
        _ web: WebConfiguration,
        _ options: AgentOptions,
        _ logger: Logger
    ) {
        let open = addresses.filter { !$0.isLoopback }
        guard web.authenticator == nil, !open.isEmpty else { return }
        logger.warning(
            """
            Everybody who reaches the agent may read all that it knows: there is no \
            authentication. Set --web.config.file, or --web.listen-address to a loopback address
            """,
            metadata: [
                "address": "\(open.map { "\($0)" }.joined(separator: ", "))",
                "is_default": "\(!options.choosesListenAddresses)",
            ]
        )
    }

    private var servers: [HTTPServer] { [server] + (healthServer.map { [$0] } ?? []) }

    /// Runs until a stop is requested, then waits for the effects in progress. Returns false if the
    /// listener ended first: an agent that cannot be scraped must not keep running unnoticed.
    package consuming func run() async -> Bool {
        var loop = loop
        let endedInOrder = await withTaskGroup(of: Bool?.self) {
            [
                servers, stop, clock, reloader, webWatch, systemdReports, refusals, notifier,
                exporter, threads,
            ] group in
            for server in servers {
                group.addTask {
                    await server.run()
                    defer { stop.request() }
                    return stop.isRequested
                }
            }
            group.addTask(executorPreference: threads.reloads) {
                await reloader.run()
                return nil
            }
            group.addTask(executorPreference: threads.reloads) {
                await webWatch?.run()
                return nil
            }
            group.addTask {
                guard let systemdReports else { return nil }
                await threads.watchdog.run { systemdReports.run() }
                return nil
            }
            group.addTask(executorPreference: threads.notifications) {
                async let exporting: Void = exporter.run()
                await notifier.run()
                await exporting
                return nil
            }
            group.addTask { [filler = loop.filler] in
                await filler?.run()
                return nil
            }
            group.addTask { [coordinator = loop.coordinator] in
                await coordinator?.run()
                return nil
            }
            group.addTask(executorPreference: threads.reports) {
                await refusals.run()
                return nil
            }
            group.addTask(executorPreference: threads.reports) {
                await ProcessMemory.keepSmall(clock, until: stop)
                return nil
            }
            await loop.run()
            await loop.coordinator?.resign()
            await server.stop(within: Self.stopLimit)
            // Last, because probes must not fail while the agent ends its work.
            await healthServer?.stop(within: .seconds(1))
            return await group.reduce(true) { $0 && $1 != false }
        }
        clients.shutdown()
        logger.info("Stopped")
        return endedInOrder
    }
}
