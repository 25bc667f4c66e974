extension MetricCatalog {
    package static let ruleEvaluations = MetricDefinition.counter(
        "graphwarden_rule_evaluations_total",
        labels: ["rule_group"],
        "The total number of rule evaluations."
    )
    package static let ruleEvaluationFailures = MetricDefinition.counter(
        "graphwarden_rule_evaluation_failures_total",
        labels: ["rule_group"],
        "The total number of rule evaluation failures."
    )
    package static let groupIterations = MetricDefinition.counter(
        "graphwarden_rule_group_iterations_total",
        labels: ["rule_group"],
        "The total number of scheduled rule group evaluations, whether executed or missed."
    )
    package static let groupIterationsMissed = MetricDefinition.counter(
        "graphwarden_rule_group_iterations_missed_total",
        labels: ["rule_group"],
        "The total number of rule group evaluations missed due to slow rule group evaluation."
    )
    package static let groupInterval = MetricDefinition.gauge(
        "graphwarden_rule_group_interval_seconds",
        unit: "seconds",
        labels: ["rule_group"],
        "The interval of a rule group."
    )
    package static let groupLastDuration = MetricDefinition.gauge(
        "graphwarden_rule_group_last_duration_seconds",
        unit: "seconds",
        labels: ["rule_group"],
        "The duration of the last rule group evaluation."
    )
    package static let groupLastEvaluation = MetricDefinition.gauge(
        "graphwarden_rule_group_last_evaluation_timestamp_seconds",
        unit: "seconds",
        labels: ["rule_group"],
        "The timestamp of the last rule group evaluation in seconds."
    )
    package static let groupLastSamples = MetricDefinition.gauge(
        "graphwarden_rule_group_last_evaluation_samples",
        labels: ["rule_group"],
        "The number of samples returned during the last rule group evaluation."
    )
    package static let groupRules = MetricDefinition.gauge(
        "graphwarden_rule_group_rules",
        labels: ["rule_group"],
        "The number of rules."
    )
    package static let ruleDuration = MetricDefinition.histogram(
        "graphwarden_rule_evaluation_duration_seconds",
        "The duration for a rule to execute."
    )
    package static let groupDuration = MetricDefinition.histogram(
        "graphwarden_rule_group_duration_seconds",
        "The duration of rule group evaluations."
    )
    package static let templateExpansions = MetricDefinition.counter(
        "graphwarden_template_text_expansions_total",
        "The total number of template text expansions."
    )
    package static let templateFailures = MetricDefinition.counter(
        "graphwarden_template_text_expansion_failures_total",
        "The total number of template text expansion failures."
    )
    package static let alerts = MetricDefinition.gauge(
        "graphwarden_alerts",
        labels: ["alertname", "alertstate"],
        "Number of active alerts by rule and state."
    )
    package static let alertRestores = MetricDefinition.counter(
        "graphwarden_alert_state_restores_total",
        labels: ["outcome"],
        initial: [["restored"], ["discarded"]],
        "Number of alert instances whose state was read back after a restart."
    )

    static let ruleEvaluation = [
        ruleEvaluations, ruleEvaluationFailures, groupIterations, groupIterationsMissed,
        groupInterval, groupLastDuration, groupLastEvaluation, groupLastSamples, groupRules,
        ruleDuration, groupDuration, templateExpansions, templateFailures, alerts, alertRestores,
    ]
}
