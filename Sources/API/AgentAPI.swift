import Cycle
package import Listener
package import Time

// API is everything that the agent serves over HTTP: routes, the query API, the status page and the
// agent's own metrics. Handlers are functions of the last published `Status`; none of them sends a
// request to the cloud or reads the state of the cycle. The few that change something (reload,
// received alerts) pass it to the agent through a closure or a protocol.

/// The routes of the agent.
package struct AgentAPI: Sendable {
    package var telemetryPath: String
    package var enablesLifecycle: Bool
    package var query: QueryOptions
    package var board: StatusBoard
    package var metrics: MetricRegistry
    /// Updates metrics that are counted elsewhere; called before each scrape.
    package var refreshMetrics: @Sendable () -> Void
    /// Reloads the configuration. Returns once the new configuration is in effect or was rejected.
    package var reload: @Sendable () async -> ReloadOutcome
    package var alerts: any AlertReceiver
    /// nil disables the admin API.
    package var orders: (any OrderReceiver)?
    package var audit: any AuditSource
    package var clock: AgentClock
    package var tally: LogTally
    /// The flags by name, with their values in force.
    package var flags: [String: String] = [:]
    /// How much `/metrics` shows.
    package var exposure = MetricExposure()
    /// How long history is kept.
    package var retention = Duration.zero
    /// Filled in with the routes.
    package var families = FamiliesReference()
    /// nil for an agent that keeps none.
    package var incidents: (any IncidentSource)?
    /// nil for an agent that keeps no samples but those in memory.
    package var olderSamples: (any OlderSamples)?

    package init(
        telemetryPath: String,
        enablesLifecycle: Bool,
        query: QueryOptions,
        board: StatusBoard,
        metrics: MetricRegistry,
        refreshMetrics: @escaping @Sendable () -> Void,
        reload: @escaping @Sendable () async -> ReloadOutcome,
        alerts: any AlertReceiver,
        orders: (any OrderReceiver)?,
        audit: any AuditSource,
        clock: AgentClock,
        tally: LogTally
    ) {
        self.telemetryPath = telemetryPath
        self.enablesLifecycle = enablesLifecycle
        self.query = query
        self.board = board
        self.metrics = metrics
        self.refreshMetrics = refreshMetrics
        self.reload = reload
        self.alerts = alerts
        self.orders = orders
        self.audit = audit
        self.clock = clock
        self.tally = tally
    }

    /// - Parameter listener: the listener that will serve these routes, for its own metrics. It is
    ///   set after binding, which needs the routes first.
    package func routes(_ listener: ListenerReference) -> [Route] {
        let build = BuildInformation.current
        let page = PageAPI(
            board: board,
            build: build,
            telemetryPath: telemetryPath,
            orders: orders,
            metrics: metrics,
            clock: clock,
            incidents: judgedIncidents,
            audit: audit,
            started: clock.now(),
            tally: tally
        )
        let documents = StatusDocuments(board: board, elapsed: clock.elapsed)
        let runner = queryRunner
        let prometheus = PrometheusAPI(
            board: board,
            documents: documents,
            runner: runner,
            clock: clock,
            descriptions: MetricDescription.graphs
        )
        let families = ScrapeFamilies(
            metrics: metrics,
            build: build,
            exposure: exposure,
            started: clock.now(),
            refresh: refreshMetrics,
            measureListener: { [metrics] in
                listener.measure(in: metrics)
                runner.measure(in: metrics)
                metrics.set(MetricCatalog.documentCacheSize, to: Double(documents.byteCount))
            }
        )
        self.families.set { [board] in families.all(board.current) }
        let metricsAPI = MetricsAPI(
            path: telemetryPath,
            board: board,
            families: families,
            metrics: metrics,
            clock: clock
        )
        let webhook = WebhookAPI(
            receiver: alerts,
            metrics: metrics,
            tally: tally,
            board: board,
            now: clock.now
        )
        return HistoryAPI(source: audit, elapsed: clock.elapsed).routes + page.routes
            + metricsAPI.routes + HealthAPI(board: board).routes
            + ReloadAPI(isEnabled: enablesLifecycle, reload: reload).routes
            + GraphsAPI(documents: documents, now: clock.now).routes
            + AdminAPI(receiver: orders, metrics: metrics, now: clock.now).routes
            + PausesAPI(board: board).routes + ScorecardAPI(board: board).routes
            + StatusAPI(board: board, now: clock.now).routes + TargetsAPI(board: board).routes
            + (judgedIncidents.map { IncidentsAPI(source: $0).routes } ?? []) + runtime.routes
            + AlertsAPI(documents: documents).routes + webhook.routes + prometheus.routes
    }

    private var judgedIncidents: JudgedIncidents? {
        incidents.map { JudgedIncidents(source: $0, board: board) }
    }

    private var queryRunner: QueryRunner {
        QueryRunner(options: query, board: board.series, clock: clock, older: olderSamples)
    }

    private var runtime: RuntimeAPI {
        RuntimeAPI(
            board: board,
            flags: flags,
            retention: retention,
            started: clock.now(),
            now: clock.now
        )
    }
}
