import Listener
import Logging
import Series

/// Everything that the agent serves.
struct AgentAPI: Sendable {
    let options: AgentOptions
    let board: StatusBoard
    let metrics: MetricRegistry
    let logs: LogCounts
    let clients: ClientsInFlight
    let reloads: ReloadRequests
    let desk: AlertDesk
    let logger: Logger
    let clock: AgentClock

    /// The listener's statistics are asked for by a route of the listener itself; the slot is
    /// filled once it is bound.
    func bind(_ web: WebConfiguration) async throws(StartError) -> HTTPServer {
        let addresses = try options.addresses()
        let slot = ListenerSlot()
        let router = Router(routes(slot))
        do {
            let server = try await HTTPServer.bind(
                to: addresses,
                configuration: web.listener,
                tls: web.tls,
                authenticator: web.authenticator,
                router: router
            )
            slot.fill(server)
            return server
        } catch {
            throw .listen("\(error)")
        }
    }

    private func routes(_ slot: ListenerSlot) -> [Route] {
        let build = BuildInformation.current
        let prometheus = PrometheusAPI(
            board: board,
            options: options.query,
            clock: clock,
            descriptions: MetricDescription.graphs
        )
        let page = StatusPage(board: board, build: build, telemetryPath: options.telemetryPath)
        let metricsAPI = MetricsAPI(
            path: options.telemetryPath,
            board: board,
            metrics: metrics,
            build: build,
            started: clock.now(),
            logs: logs,
            clients: clients,
            listener: { slot.statistics }
        )
        let reloadAPI = ReloadAPI(isEnabled: options.enablesLifecycle, requests: reloads)
        let webhook = WebhookAPI(
            desk: desk,
            board: board,
            metrics: metrics,
            logger: logger,
            now: clock.now
        )
        return page.routes + metricsAPI.routes + HealthAPI(board: board).routes
            + reloadAPI.routes
            + GraphsAPI(board: board, now: clock.now).routes
            + AlertsAPI(board: board).routes + webhook.routes + prometheus.routes
    }
}
