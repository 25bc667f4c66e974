import Remediation

extension MetricCatalog {
    private static let pair = ["entry", "hang"]

    package static let decisionOutcomes = MetricDefinition.counter(
        "graphwarden_decision_outcomes_total",
        labels: pair + ["outcome"],
        "Number of decisions by what was seen afterwards, and of hangs that were missed, since the"
            + " start."
    )
    package static let decisionLabels = MetricDefinition.counter(
        "graphwarden_decision_labels_total",
        labels: pair + ["label"],
        "Number of labels that persons gave to decisions since the start."
    )
    package static let decisions = MetricDefinition.gauge(
        "graphwarden_scorecard_decisions",
        labels: pair + ["outcome"],
        "Number of decisions on the scorecard by outcome, labels of persons included."
    )
    package static let precision = MetricDefinition.gauge(
        "graphwarden_scorecard_precision_ratio",
        labels: pair,
        "Share of the judged decisions that were right."
    )
    package static let precisionLowerBound = MetricDefinition.gauge(
        "graphwarden_scorecard_precision_lower_bound_ratio",
        labels: pair,
        "Lower bound of the precision with 95 percent confidence."
    )
    package static let recall = MetricDefinition.gauge(
        "graphwarden_scorecard_recall_ratio",
        labels: pair,
        "Share of the hangs about which the agent decided."
    )
    package static let recallLowerBound = MetricDefinition.gauge(
        "graphwarden_scorecard_recall_lower_bound_ratio",
        labels: pair,
        "Lower bound of the recall with 95 percent confidence."
    )
    package static let requirementMet = MetricDefinition.gauge(
        "graphwarden_scorecard_requirement_met",
        labels: pair,
        "Whether decisions were right so often that mode auto acts without a person."
    )
    package static let unreadDecisions = MetricDefinition.gauge(
        "graphwarden_scorecard_unread_decisions",
        "Number of decisions and labels that another version wrote and this one cannot read."
    )
    package static let decisionsDropped = MetricDefinition.counter(
        "graphwarden_decisions_dropped_total",
        "Number of decisions forgotten because they had no room."
    )
    package static let decisionsUncounted = MetricDefinition.counter(
        "graphwarden_decision_outcomes_uncounted_total",
        "Number of outcomes and labels left out because there are too many entries."
    )

    static let scorecard = [
        decisionOutcomes, decisionLabels, decisions, precision, precisionLowerBound, recall,
        recallLowerBound, requirementMet, unreadDecisions, decisionsDropped, decisionsUncounted,
    ]
}
