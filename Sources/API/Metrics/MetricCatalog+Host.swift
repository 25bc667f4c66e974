import Cycle

extension MetricCatalog {
    package static let detectOnly = MetricDefinition.gauge(
        "graphwarden_detect_only",
        labels: ["reason"],
        initial: DetectOnlyReason.labels.map { [$0] },
        "Whether the agent only detects and does not act because of a problem of its own host."
    )
    package static let clockOffset = MetricDefinition.gauge(
        "graphwarden_clock_offset_seconds",
        unit: "seconds",
        "Offset of the clock of the cloud's gateway from the agent's, positive if it is ahead."
    )
    package static let clockJumps = MetricDefinition.counter(
        "graphwarden_clock_jumps_total",
        "Number of times the wall clock was set."
    )

    /// The state of the host that the agent runs on.
    static let host = [detectOnly, clockOffset, clockJumps]
}
