import Cycle
package import Listener
package import Series
package import Time

/// The query API over recorded series instead of those of a running agent. Uses the same handlers.
package struct RecordingAPI: Sendable {
    private let board = StatusBoard()
    private let options: QueryOptions
    private let clock: AgentClock
    private let descriptions: [MetricDescription]
    private let older: (any OlderSamples)?

    package init(
        _ series: SeriesStore,
        descriptions: [MetricDescription],
        evaluationInterval: Duration,
        options: QueryOptions,
        clock: AgentClock,
        older: (any OlderSamples)? = nil
    ) {
        self.older = older
        self.options = options
        self.clock = clock
        self.descriptions = descriptions
        var status = Status.starting
        status.troubles = []
        board.publish(status)
        board.series.publish(
            SeriesSnapshot(series: series, evaluationInterval: evaluationInterval)
        )
    }

    package var routes: [Route] {
        let documents = StatusDocuments(board: board, elapsed: clock.elapsed)
        let prometheus = PrometheusAPI(
            board: board,
            documents: documents,
            runner: QueryRunner(
                options: options,
                board: board.series,
                clock: clock,
                older: older
            ),
            clock: clock,
            descriptions: descriptions
        )
        return prometheus.routes + HealthAPI(board: board).routes
    }
}
