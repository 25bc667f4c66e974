/// The source of the nodes. These metrics exist only if it is configured; what all sources have in
/// common has the label `source`.
extension MetricCatalog {
    package static let nodeMetricsPaused = MetricDefinition.gauge(
        "graphwarden_node_metrics_paused",
        labels: ["reason"],
        "Whether no graph is asked for its nodes for a while: they limit requests, none answers, or"
            + " the credential has no permission."
    )
    package static let nodeMetricsUnsupported = MetricDefinition.gauge(
        "graphwarden_node_metrics_unsupported_graphs",
        "Number of graphs whose version has no metrics of nodes; they are asked once an hour."
    )
    package static let nodeMetricsDropped = MetricDefinition.counter(
        "graphwarden_node_metrics_samples_dropped_total",
        labels: ["reason"],
        "Number of values of nodes that are not used, by reason."
    )
    package static let nodeMetricsSeries = MetricDefinition.gauge(
        "graphwarden_node_metrics_series",
        "Number of time series of nodes among those that the agent holds in memory."
    )
    package static let nodeMetricsSeriesLimit = MetricDefinition.gauge(
        "graphwarden_node_metrics_series_limit",
        "Maximum number of time series of nodes; samples of further ones are dropped."
    )
    package static let nodeMetricsNewest = MetricDefinition.gauge(
        "graphwarden_node_metrics_newest_sample_timestamp_seconds",
        unit: "seconds",
        "Time for which the newest values of nodes hold."
    )
    /// What holds only while the source is configured.
    package static let nodeMetricsGauges = [
        nodeMetricsPaused, nodeMetricsUnsupported, nodeMetricsSeries, nodeMetricsSeriesLimit,
        nodeMetricsNewest,
    ]
    static let nodeMetrics = nodeMetricsGauges + [nodeMetricsDropped]
}
