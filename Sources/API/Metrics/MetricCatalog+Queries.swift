extension MetricCatalog {
    static let queriesLimit = MetricDefinition.gauge(
        "graphwarden_queries_limit",
        "Maximum number of queries being evaluated."
    )
    static let queriesInFlight = MetricDefinition.gauge(
        "graphwarden_queries_in_flight",
        "Number of queries being evaluated."
    )
    static let queriesWaitingLimit = MetricDefinition.gauge(
        "graphwarden_queries_waiting_limit",
        "Maximum number of queries waiting to be evaluated."
    )
    static let queriesWaiting = MetricDefinition.gauge(
        "graphwarden_queries_waiting",
        "Number of queries waiting to be evaluated."
    )
    static let querySamplesLimit = MetricDefinition.gauge(
        "graphwarden_query_samples_limit",
        "Maximum number of samples that a query may hold in memory."
    )
    static let queryLabelsLimit = MetricDefinition.gauge(
        "graphwarden_query_labels_limit_bytes",
        unit: "bytes",
        "Maximum memory of the labels and intermediate vectors of a query."
    )
    static let queryPatternsLimit = MetricDefinition.gauge(
        "graphwarden_query_patterns_limit_bytes",
        unit: "bytes",
        "Maximum memory of the regular expressions of an expression or request."
    )
    static let answerBytes = MetricDefinition.gauge(
        "graphwarden_query_answer_buffer_bytes",
        unit: "bytes",
        "Memory in use by results of queries that clients have yet to read."
    )
    static let answerBytesLimit = MetricDefinition.gauge(
        "graphwarden_query_answer_buffer_limit_bytes",
        unit: "bytes",
        "Maximum memory for results of queries that clients have yet to read."
    )
    static let documentCacheSize = MetricDefinition.gauge(
        "graphwarden_status_cache_size_bytes",
        unit: "bytes",
        "Size of the rendered status page and lists that are held until the next step."
    )
    static let queries = [
        queriesLimit, queriesInFlight, queriesWaitingLimit, queriesWaiting, querySamplesLimit,
        queryLabelsLimit, queryPatternsLimit, answerBytes, answerBytesLimit, documentCacheSize,
    ]
}
