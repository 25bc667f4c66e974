/// The second source of samples. These metrics exist only if Cloud Eye is configured; what all
/// sources have in common has the label `source`.
extension MetricCatalog {
    package static let cloudEyePaused = MetricDefinition.gauge(
        "graphwarden_cloud_eye_paused",
        labels: ["reason"],
        "Whether Cloud Eye is left alone for a while: it limits requests, or the credential has no"
            + " permission."
    )
    package static let cloudEyeDropped = MetricDefinition.counter(
        "graphwarden_cloud_eye_samples_dropped_total",
        labels: ["reason"],
        "Number of values of Cloud Eye that are not used, by reason."
    )
    package static let cloudEyeSeries = MetricDefinition.gauge(
        "graphwarden_cloud_eye_series",
        "Number of time series of Cloud Eye among those that the agent holds in memory."
    )
    package static let cloudEyeSeriesLimit = MetricDefinition.gauge(
        "graphwarden_cloud_eye_series_limit",
        "Maximum number of time series of Cloud Eye; samples of further ones are dropped."
    )
    package static let cloudEyeNewest = MetricDefinition.gauge(
        "graphwarden_cloud_eye_newest_sample_timestamp_seconds",
        unit: "seconds",
        "Time for which the newest value of Cloud Eye holds."
    )
    /// What holds only while Cloud Eye is configured.
    package static let cloudEyeGauges = [
        cloudEyePaused, cloudEyeSeries, cloudEyeSeriesLimit, cloudEyeNewest,
    ]
    static let cloudEye = [
        cloudEyePaused, cloudEyeDropped, cloudEyeSeries, cloudEyeSeriesLimit, cloudEyeNewest,
    ]
}
