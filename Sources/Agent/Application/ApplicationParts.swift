import API
import Configuration
import Cycle
import History
import Ledger
import Listener
import Logging
import PromQL
import Remediation
import Time

/// Creates the parts of an application and wires them. The only place that knows all of them.
struct ApplicationParts {
    let loaded: LoadedConfiguration
    let options: AgentOptions
    let isEncrypted: Bool
    let clock: AgentClock
    let stop: StopSignal
    let logger: Logger
    let metrics = MetricRegistry()
    let board = StatusBoard()
    let clients = ClientsInFlight()
    let slot = ConfigurationSlot()
    let pulse = Pulse()
    let tally: LogTally
    let inbox = Inbox()
    let notifier: Notifier
    let families = FamiliesReference()
    let exporter: OTLPExporter

    init(
        loaded: LoadedConfiguration,
        options: AgentOptions,
        isEncrypted: Bool,
        clock: AgentClock,
        stop: StopSignal,
        logger: Logger
    ) {
        self.loaded = loaded
        self.options = options
        self.isEncrypted = isEncrypted
        self.clock = clock
        self.stop = stop
        self.logger = logger
        tally = LogTally(logger: logger)
        notifier = Notifier(
            board: board,
            inbox: inbox,
            metrics: metrics,
            clock: clock,
            stop: stop,
            externalURL: options.externalURL?.absolute(isEncrypted: isEncrypted),
            logger: logger
        )
        exporter = OTLPExporter(
            families: families,
            board: board,
            metrics: metrics,
            clock: clock,
            stop: stop,
            logger: logger
        )
        board.loaded(
            ConfigurationInForce(loaded, path: options.configurationFile, at: clock.now())
        )
        metrics.set(MetricCatalog.reloadSuccessful, to: 1)
        metrics.set(MetricCatalog.webReloadSuccessful, to: 1)
        metrics.set(MetricCatalog.reloadTimestamp, to: clock.now().seconds)
    }

    func loop() throws(StartError) -> AgentLoop {
        let (ledger, memory) = try openLedger()
        var connector = CloudSession(metrics: metrics, clients: clients)
        let cloud = try connector.client(for: loaded.configuration)
        try notifier.adopt(loaded.configuration)
        try exporter.adopt(loaded.configuration.otlp)
        var cycle = Cycle(
            loaded.cycleSettings,
            from: memory,
            language: options.query.ruleLanguage(
                evaluationInterval: loaded.configuration.evaluationInterval
            ),
            at: clock.read(),
            stopwatch: clock.elapsed
        )
        cycle.acceptsOrders = options.enablesAdminAPI
        let queue = LedgerQueue(ledger, elapsed: clock.elapsed)
        let coordinator = try coordinator(queue)
        cycle.cluster = coordinator?.take()
        let history = history(for: &cycle)
        warnOfLostApprovals()
        countRestored(cycle.restoredAlerts, of: memory.alerts.count)
        var parts = LoopParts(
            cycle: cycle,
            configuration: loaded.configuration,
            connector: connector,
            cloud: cloud,
            ledger: coordinator ?? queue,
            inbox: inbox,
            slot: slot,
            board: board,
            metrics: metrics,
            pulse: pulse,
            clock: clock,
            stop: stop,
            logger: logger,
            retention: options.retention
        )
        parts.notifier = notifier
        parts.exporter = exporter
        parts.coordinator = coordinator
        parts.history = history
        parts.filler = try filler(for: cycle)
        parts.shard = options.shard
        return AgentLoop(parts)
    }

    /// Mode `approve` asks a person who has no way to answer.
    private func warnOfLostApprovals() {
        let modes = loaded.configuration.graphs.map(\.policy.mode)
        guard !options.enablesAdminAPI, modes.contains(.approve) else { return }
        logger.warning(
            """
            Graphs in mode approve are not restarted: nobody can approve. Start the agent with \
            --web.enable-admin-api
            """
        )
    }

    private func countRestored(_ restored: Int, of count: Int) {
        metrics.add(Double(restored), to: MetricCatalog.alertRestores, "restored")
        metrics.add(Double(count - restored), to: MetricCatalog.alertRestores, "discarded")
        guard count > 0 else { return }
        logger.info(
            "Restored the alerts of the previous run, unconfirmed until their rules are evaluated",
            metadata: ["restored": "\(restored)", "discarded": "\(count - restored)"]
        )
    }

    /// The agent does not start without its ledger: it would not know which restarts are in
    /// progress or which graphs are cooling down.
    private func openLedger() throws(StartError) -> (Ledger, CycleMemory) {
        do {
            let ledger = try Ledger(folder: options.storagePath)
            if let caution = ledger.caution { logger.warning("\(caution)") }
            var memory = try ledger.memory()
            memory.readsJobList = true
            memory.shortfall = try shortfall(of: ledger)
            memory.starts = try countStart(in: ledger)
            return (ledger, memory)
        } catch {
            throw .storage("\(error)")
        }
    }

    /// A restored copy of the ledger does not know the restarts since. Their jobs of the last day
    /// are adopted, but not the attempts that count against limits.
    private func shortfall(of ledger: Ledger) throws(LedgerError) -> String? {
        guard let shortfall = try ledger.shortfall() else { return nil }
        guard options.acceptsOlderLedger else { return shortfall }
        try ledger.acceptAsNewest()
        logger.warning(
            "Going on with an older ledger; remove --storage.accept-older-ledger now",
            metadata: ["reason": "\(shortfall)"]
        )
        return nil
    }

    /// An agent that never outlasts its start-up grace never acts; nothing else would say so.
    private func countStart(in ledger: Ledger) throws(LedgerError) -> StartCounter {
        let count = try ledger.countStart()
        let starts = StartCounter(total: count.total, early: count.early)
        if starts.isCrashLoop {
            logger.warning(
                "The agent starts again and again, never ends its grace period, and so never acts",
                metadata: ["starts": "\(starts.total)", "starts_in_a_row": "\(starts.early)"]
            )
        }
        return starts
    }

    func api(
        _ loop: AgentLoop,
        logs: LogCounts,
        reloads: ReloadRequests
    ) -> AgentAPI {
        let history = LedgerAudit(folder: options.storagePath)
        var api = AgentAPI(
            telemetryPath: options.telemetryPath,
            enablesLifecycle: options.enablesLifecycle,
            query: options.query,
            board: board,
            metrics: metrics,
            refreshMetrics: { [metrics, clients, samples = loop.history] in
                samples?.counts.measure(in: metrics)
                for (level, count) in logs.snapshot {
                    metrics.set(MetricCatalog.logMessages, to: Double(count), level)
                }
                clients.measure(in: metrics)
            },
            reload: { await reloads.askAndWait() },
            alerts: loop.alerts,
            orders: options.enablesAdminAPI ? loop.orders : nil,
            audit: history,
            clock: clock,
            tally: tally
        )
        api.incidents = history
        api.families = families
        if loop.history != nil {
            api.olderSamples = HistoryFileReader(
                folder: options.storagePath,
                memoryStart: clock.now()
            )
        }
        api.flags = options.flags
        api.exposure = options.exposure
        api.retention = options.retention
        return api
    }

    func reloader(_ requests: ReloadRequests, _ watch: ConfigurationWatch?) -> Reloader {
        Reloader(
            file: options.configurationFile,
            initial: loaded,
            query: options.query,
            watch: watch,
            requests: requests,
            slot: slot,
            systemd: options.systemd,
            metrics: metrics,
            board: board,
            clock: clock,
            stop: stop,
            logger: logger
        )
    }

    func systemdReports() -> SystemdReports? {
        options.systemd.map {
            SystemdReports(notifier: $0, pulse: pulse, board: board, clock: clock, stop: stop)
        }
    }

    func webWatch(_ server: HTTPServer, _ web: WebConfiguration) -> WebConfigurationWatch? {
        guard let file = options.webConfigurationFile else { return nil }
        return WebConfigurationWatch(
            file: file,
            initial: web,
            server: server,
            metrics: metrics,
            board: board,
            clock: clock,
            stop: stop,
            logger: logger
        )
    }
}

extension QueryOptions {
    /// Rules have a sample limit of their own: one expensive rule must not delay the others.
    func ruleLanguage(evaluationInterval: Duration) -> RuleLanguage {
        var engine = engine(evaluationInterval: evaluationInterval)
        engine.maximumSamples = maximumRuleSamples
        return RuleLanguage(parser: parser, engine: engine)
    }
}
