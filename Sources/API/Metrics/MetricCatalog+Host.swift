import Cycle
extension MetricCatalog {
    package static let detectOnly = MetricDefinition.gauge(
        "graphwarden_detect_only",
        labels: ["reason"],
        initial: DetectOnlyReason.labels.map { [$0] },
        "Whether the agent watches and does not act, because of its own host."
    )
    package static let clockOffset = MetricDefinition.gauge(
        "graphwarden_clock_offset_seconds",
        unit: "seconds",
        "How far the clock of the cloud's gateway is ahead of the agent's."
    )
    package static let clockJumps = MetricDefinition.counter(
        "graphwarden_clock_jumps_total",
        "Number of times that the wall clock was set."
    )

    /// What the agent makes of the host it runs on.
    static let host = [detectOnly, clockOffset, clockJumps]
}
