import Remediation

extension MetricCatalog {
    private static let restart = [["restart"]]

    package static let remediations = MetricDefinition.counter(
        "graphwarden_remediations_total",
        labels: ["action"],
        initial: restart,
        "Number of remediations started."
    )
    package static let remediationFailures = MetricDefinition.counter(
        "graphwarden_remediation_failures_total",
        labels: ["action", "reason"],
        initial: FailureReason.allCases.map { ["restart", $0.rawValue] },
        "Number of remediations that ended without the wanted effect."
    )
    package static let remediationsSuppressed = MetricDefinition.counter(
        "graphwarden_remediations_suppressed_total",
        labels: ["action", "reason"],
        initial: HoldReason.labels.map { ["restart", $0] },
        "Number of remediations that were due but not started."
    )
    package static let remediationsInProgress = MetricDefinition.gauge(
        "graphwarden_remediations_in_progress",
        labels: ["action"],
        initial: restart,
        "Number of remediations in progress."
    )
    package static let remediationDuration = MetricDefinition.histogram(
        "graphwarden_remediation_duration_seconds",
        labels: ["action"],
        initial: restart,
        buckets: MetricDefinition.remediationBuckets,
        "Time from the start of a remediation to its verified end."
    )
    package static let remediationLastSuccess = MetricDefinition.gauge(
        "graphwarden_remediation_last_success_timestamp_seconds",
        unit: "seconds",
        labels: ["action"],
        "Time of the last remediation whose effect was verified."
    )
    package static let budgetLimit = MetricDefinition.gauge(
        "graphwarden_remediation_budget_limit",
        labels: ["scope"],
        "Number of remediations allowed in the current window."
    )
    package static let budgetUsed = MetricDefinition.gauge(
        "graphwarden_remediation_budget_used",
        labels: ["scope"],
        "Number of remediations counted in the current window."
    )
    package static let stormActive = MetricDefinition.gauge(
        "graphwarden_remediation_storm_active",
        initial: [[]],
        "Whether remediation is held back because too many graphs are unhealthy."
    )
    package static let approvalsPending = MetricDefinition.gauge(
        "graphwarden_remediation_approvals_pending",
        initial: [[]],
        "Number of remediations waiting for a person to approve them."
    )
    package static let remediationEnabled = MetricDefinition.gauge(
        "graphwarden_remediation_enabled",
        labels: ["action"],
        "Whether the action could be carried out now for any graph that a rule asks it for."
    )
    package static let quarantinedGraphs = MetricDefinition.gauge(
        "graphwarden_quarantined_graphs",
        initial: [[]],
        "Number of graphs taken out of automatic remediation after repeated attempts."
    )
    package static let auditEntriesDropped = MetricDefinition.counter(
        "graphwarden_audit_entries_dropped_total",
        initial: [[]],
        "Number of audit entries lost because the ledger refused writes for too long."
    )

    package static let starts = MetricDefinition.counter(
        "graphwarden_starts_total",
        "Number of starts of the agent since its ledger was created."
    )
    package static let crashLoop = MetricDefinition.gauge(
        "graphwarden_crash_loop",
        "Whether three or more starts in a row ended before the start-up grace."
    )

    package static let maintenance = MetricDefinition.gauge(
        "graphwarden_maintenance",
        labels: ["name"],
        "Whether the maintenance window is open."
    )
    package static let silences = MetricDefinition.gauge(
        "graphwarden_silences",
        initial: [[]],
        "Number of silences in effect in the Alertmanagers, whether they match an alert or not."
    )
    package static let alertmanagerUp = MetricDefinition.gauge(
        "graphwarden_alertmanager_up",
        labels: ["alertmanager"],
        "Whether the Alertmanager answered when it was last asked for its silences."
    )

    static let remediation = [
        maintenance, silences, alertmanagerUp,
        starts, crashLoop,
        remediations, remediationFailures, remediationsSuppressed, remediationsInProgress,
        remediationDuration, remediationLastSuccess, budgetLimit, budgetUsed, stormActive,
        approvalsPending, remediationEnabled, quarantinedGraphs,
        auditEntriesDropped, orders, paused,
    ]
}
