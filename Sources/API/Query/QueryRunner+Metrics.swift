import PromQL

extension QueryRunner {
    /// Sets the metrics of the limits and of their use.
    func measure(in metrics: MetricRegistry) {
        let options = options.engine(evaluationInterval: .seconds(30))
        let use = gate.use
        let values = [
            (MetricCatalog.queriesLimit, self.options.maximumConcurrency),
            (MetricCatalog.queriesInFlight, use.admitted),
            (MetricCatalog.queriesWaitingLimit, QueryGate.maximumWaiting),
            (MetricCatalog.queriesWaiting, use.waiting),
            (MetricCatalog.querySamplesLimit, options.maximumSamples),
            (MetricCatalog.queryLabelsLimit, options.maximumBytes),
            (MetricCatalog.queryPatternsLimit, Expression.maximumPatternBytes),
            (MetricCatalog.answerBytes, budget.usedBytes),
            (MetricCatalog.answerBytesLimit, budget.maximumBytes),
        ]
        for (metric, value) in values { metrics.set(metric, to: Double(value)) }
    }
}
