import Time
import Listener

/// What data sources and tools of Prometheus ask.
struct PrometheusAPI: Sendable {
    let board: StatusBoard
    let options: QueryOptions
    let clock: AgentClock
    let descriptions: [MetricDescription]

    var routes: [Route] {
        let runner = QueryRunner(options: options, board: board.series, clock: clock)
        let build = BuildAPI(build: .current, language: options.version)
        return QueryAPI(runner: runner, clock: clock).routes
            + SeriesAPI(runner: runner).routes
            + MetadataAPI(descriptions: descriptions).routes
            + RulesAPI(board: board).routes
            + build.routes
    }
}
