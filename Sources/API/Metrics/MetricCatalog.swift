import Time

/// Every metric of the agent itself, declared once. Names, types and units follow the conventions
/// of Prometheus' exporters; rule metrics have the names and help texts of Prometheus' own, with
/// our prefix.
package enum MetricCatalog {
    package static let all: [MetricDefinition] =
        agent + host + cluster + sampling + cloudEye + nodeMetrics + ruleEvaluation + remediation
        + scorecard + httpClient + token + httpServer + exposition + queries + store + history
        + webhook + notifications + otlp + graphs

    // MARK: Agent

    package static let ready = MetricDefinition.gauge(
        "graphwarden_ready",
        initial: [[]],
        "Whether the agent has finished its start-up and a first complete sampling cycle."
    )
    package static let reloadSuccessful = MetricDefinition.gauge(
        "graphwarden_config_last_reload_successful",
        "Whether the last configuration reload attempt was successful."
    ).shownAtOnce
    package static let reloadTimestamp = MetricDefinition.gauge(
        "graphwarden_config_last_reload_success_timestamp_seconds",
        unit: "seconds",
        "Timestamp of the last successful configuration reload."
    ).shownAtOnce
    package static let webReloadSuccessful = MetricDefinition.gauge(
        "graphwarden_web_config_last_reload_successful",
        "Whether the last attempt to load the web configuration file, if any, was successful."
    ).shownAtOnce
    package static let logMessages = MetricDefinition.counter(
        "graphwarden_log_messages_total",
        labels: ["level"],
        initial: [["debug"], ["info"], ["warn"], ["error"]],
        "Number of log messages by level."
    )
    package static let series = MetricDefinition.gauge(
        "graphwarden_series",
        "Number of time series that the agent holds in memory for its rules."
    )
    package static let seriesDropped = MetricDefinition.counter(
        "graphwarden_series_dropped_total",
        "Number of time series refused because of the series limit."
    )
    package static let samplesEvicted = MetricDefinition.counter(
        "graphwarden_series_samples_evicted_total",
        "Number of samples dropped because their series reached the sample limit, although rules"
            + " may select them."
    )
    private static let agent = [
        ready, reloadSuccessful, reloadTimestamp, webReloadSuccessful, logMessages, series,
        seriesDropped, samplesEvicted,
    ]

    // MARK: Sampling

    private static let sources = [["ges_api"], ["probe"]]
    package static let samples = MetricDefinition.counter(
        "graphwarden_samples_total",
        labels: ["source"],
        initial: sources,
        "Number of samples taken by source."
    )
    package static let sampleFailures = MetricDefinition.counter(
        "graphwarden_sample_failures_total",
        labels: ["source", "reason"],
        initial: [
            "timeout", "dns", "connect", "tls", "auth", "throttled", "http_4xx", "http_5xx",
            "parse", "too_large", "incomplete", "refused_address",
        ].flatMap { [["ges_api", $0], ["probe", $0]] },
        "Number of samples that failed by source and reason."
    )
    package static let sampleDuration = MetricDefinition.histogram(
        "graphwarden_sample_duration_seconds",
        labels: ["source"],
        initial: [["probe"]],
        "Time to take one sample."
    )
    package static let cycles = MetricDefinition.counter(
        "graphwarden_sampling_cycles_total",
        labels: ["source"],
        initial: sources,
        "Number of scheduled sampling cycles, whether run or missed."
    )
    package static let cyclesMissed = MetricDefinition.counter(
        "graphwarden_sampling_cycles_missed_total",
        labels: ["source"],
        initial: sources,
        "Number of sampling cycles missed because the one before was still running."
    )
    package static let cycleDuration = MetricDefinition.gauge(
        "graphwarden_sampling_last_cycle_duration_seconds",
        unit: "seconds",
        labels: ["source"],
        "Duration of the last sampling cycle. The source probe_silent is the graphs that did not answer "
            + "in the cycle before, which are read beside the others."
    )
    package static let cycleSuccess = MetricDefinition.gauge(
        "graphwarden_sampling_last_success_timestamp_seconds",
        unit: "seconds",
        labels: ["source"],
        "Time of the last sampling cycle in which every graph was sampled."
    )
    package static let samplingInFlight = MetricDefinition.gauge(
        "graphwarden_sampling_in_flight",
        labels: ["source"],
        "Number of samples being taken now."
    )
    package static let staleGraphs = MetricDefinition.gauge(
        "graphwarden_stale_graphs",
        initial: [[]],
        "Number of graphs whose newest sample is older than the staleness limit."
    )
    package static let dataPlaneReachable = MetricDefinition.gauge(
        "graphwarden_data_plane_reachable",
        "Whether any probe has reached a graph since the start; absent before the first probe."
    )
    package static let credentialRefusing = MetricDefinition.gauge(
        "graphwarden_data_plane_credential_refusing_graphs",
        initial: [[]],
        "Number of graphs that refused the credential of the agent in the newest poll."
    )
    private static let sampling = [
        samples, sampleFailures, sampleDuration, cycles, cyclesMissed, cycleDuration,
        cycleSuccess, samplingInFlight, staleGraphs,
        dataPlaneReachable, credentialRefusing,
    ]

    // MARK: State store

    package static let storeSize = MetricDefinition.gauge(
        "graphwarden_store_size_bytes",
        unit: "bytes",
        "Size of the state database."
    )
    private static let storeNames = [["etcd"], ["record"]]
    package static let storeOperations = MetricDefinition.counter(
        "graphwarden_store_operations_total",
        labels: ["operation"],
        initial: storeNames,
        "Number of store operations."
    )
    package static let storeFailures = MetricDefinition.counter(
        "graphwarden_store_operation_failures_total",
        labels: ["operation"],
        initial: storeNames,
        "Number of failed store operations."
    )
    package static let storeDuration = MetricDefinition.histogram(
        "graphwarden_store_operation_duration_seconds",
        labels: ["operation"],
        initial: storeNames,
        "Latency of store operations."
    )
    private static let store = [storeSize, storeOperations, storeFailures, storeDuration]
}
