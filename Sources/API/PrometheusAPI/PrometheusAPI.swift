import Time
import Listener

/// The part of Prometheus' HTTP API that data sources and tools such as Grafana and promtool use.
struct PrometheusAPI: Sendable {
    let board: StatusBoard
    let documents: StatusDocuments
    let runner: QueryRunner
    let clock: AgentClock
    let descriptions: [MetricDescription]

    var routes: [Route] {
        let build = BuildAPI(build: .current, language: runner.options.version)
        return QueryAPI(runner: runner, clock: clock).routes
            + SeriesAPI(runner: runner).routes
            + FederationAPI(runner: runner, clock: clock).routes
            + MetadataAPI(descriptions: descriptions).routes
            + RulesAPI(documents: documents, runner: runner).routes
            + build.routes
    }
}
