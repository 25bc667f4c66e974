import Cycle
package import Listener
package import Logging
package import Time

/// Everything that the agent serves, as routes. Handlers are functions of the last status: none of
/// them asks the cloud, and what changes anything is handed to the agent by a closure or a protocol.
package struct AgentAPI: Sendable {
    package var telemetryPath: String
    package var enablesLifecycle: Bool
    package var query: QueryOptions
    package var board: StatusBoard
    package var metrics: MetricRegistry
    /// Brings counts that others keep up to date before a scrape.
    package var refreshMetrics: @Sendable () -> Void
    /// Reloads the configuration; returns when it is in force or was refused.
    package var reload: @Sendable () async -> ReloadOutcome
    package var alerts: any AlertReceiver
    package var clock: AgentClock
    package var logger: Logger

    package init(
        telemetryPath: String,
        enablesLifecycle: Bool,
        query: QueryOptions,
        board: StatusBoard,
        metrics: MetricRegistry,
        refreshMetrics: @escaping @Sendable () -> Void,
        reload: @escaping @Sendable () async -> ReloadOutcome,
        alerts: any AlertReceiver,
        clock: AgentClock,
        logger: Logger
    ) {
        self.telemetryPath = telemetryPath
        self.enablesLifecycle = enablesLifecycle
        self.query = query
        self.board = board
        self.metrics = metrics
        self.refreshMetrics = refreshMetrics
        self.reload = reload
        self.alerts = alerts
        self.clock = clock
        self.logger = logger
    }

    /// The listener's statistics are asked for by a route of the listener itself: the slot is filled
    /// once it is bound.
    package func routes(_ slot: ListenerSlot) -> [Route] {
        let build = BuildInformation.current
        let prometheus = PrometheusAPI(
            board: board,
            options: query,
            clock: clock,
            descriptions: MetricDescription.graphs
        )
        let page = StatusPage(board: board, build: build, telemetryPath: telemetryPath)
        let metricsAPI = MetricsAPI(
            path: telemetryPath,
            board: board,
            metrics: metrics,
            build: build,
            started: clock.now(),
            refresh: refreshMetrics,
            listener: { slot.statistics }
        )
        let webhook = WebhookAPI(
            receiver: alerts,
            metrics: metrics,
            logger: logger,
            now: clock.now
        )
        return page.routes + metricsAPI.routes + HealthAPI(board: board).routes
            + ReloadAPI(isEnabled: enablesLifecycle, reload: reload).routes
            + GraphsAPI(board: board, now: clock.now).routes
            + AlertsAPI(board: board).routes + webhook.routes + prometheus.routes
    }
}
