/// The samples that survive the process. Gauges are absent if none are kept on disk, or read from
/// elsewhere.
extension MetricCatalog {
    package static let historySamples = MetricDefinition.counter(
        "graphwarden_history_samples_written_total",
        "Number of samples of series written to disk."
    )
    package static let historyDropped = MetricDefinition.counter(
        "graphwarden_history_samples_dropped_total",
        "Number of samples of series not written to disk because the disk did not take them in time."
    )
    package static let historyFailures = MetricDefinition.counter(
        "graphwarden_history_write_failures_total",
        "Number of failed attempts to write samples of series to disk."
    )
    package static let historyUp = MetricDefinition.gauge(
        "graphwarden_history_up",
        "Whether samples of series are written to disk: 0 if the last attempt failed."
    )
    package static let historySize = MetricDefinition.gauge(
        "graphwarden_history_size_bytes",
        unit: "bytes",
        "Size of the samples of series on disk."
    )
    package static let historyOldest = MetricDefinition.gauge(
        "graphwarden_history_oldest_timestamp_seconds",
        unit: "seconds",
        "Time of the oldest sample of a series on disk, to two hours."
    )
    package static let historyFilled = MetricDefinition.gauge(
        "graphwarden_history_filled",
        "Whether the samples from before the start that rules need were read from history.url: 0 until"
            + " then."
    )
    package static let historyFilledSamples = MetricDefinition.counter(
        "graphwarden_history_filled_samples_total",
        "Number of samples from before the start read from history.url."
    )
    package static let historyFillFailures = MetricDefinition.counter(
        "graphwarden_history_fill_failures_total",
        "Number of failed requests for samples from before the start to history.url."
    )
    static let history = [
        historySamples, historyDropped, historyFailures, historyUp, historySize, historyOldest,
        historyFilled, historyFilledSamples, historyFillFailures,
    ]
}
