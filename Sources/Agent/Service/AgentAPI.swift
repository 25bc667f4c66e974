import Listener
import Series

/// Everything that the agent serves.
struct AgentAPI: Sendable {
    let telemetryPath: String
    let board: StatusBoard
    let metrics: MetricRegistry
    let logs: LogCounts
    let clients: ClientsInFlight
    let clock: AgentClock

    /// The listener's statistics are asked for by a route of the listener itself; the slot is
    /// filled once it is bound.
    func bind(to addresses: [ListenAddress]) async throws(StartError) -> HTTPServer {
        let slot = ListenerSlot()
        let router = Router(routes(slot))
        do {
            let server = try await HTTPServer.bind(to: addresses, router: router)
            slot.fill(server)
            return server
        } catch {
            throw .listen("\(error)")
        }
    }

    private func routes(_ slot: ListenerSlot) -> [Route] {
        let build = BuildInformation.current
        let page = StatusPage(board: board, build: build, telemetryPath: telemetryPath)
        let metricsAPI = MetricsAPI(
            path: telemetryPath,
            board: board,
            metrics: metrics,
            build: build,
            started: clock.now(),
            logs: logs,
            clients: clients,
            listener: { slot.statistics }
        )
        return page.routes + metricsAPI.routes + HealthAPI(board: board).routes
            + GraphsAPI(board: board, now: clock.now).routes
            + AlertsAPI(board: board).routes
    }
}
