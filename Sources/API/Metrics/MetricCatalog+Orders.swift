import Remediation

extension MetricCatalog {
    /// What became of an order: how the machine answered it, or why it got no answer.
    static let orderOutcomes =
        OrderAnswer.Outcome.allCases.map(\.rawValue) + ["invalid", "unavailable", "timeout"]

    package static let orders = MetricDefinition.counter(
        "graphwarden_orders_total",
        labels: ["order", "outcome"],
        initial: Order.Kind.verbs.flatMap { verb in orderOutcomes.map { [verb, $0] } },
        "Number of orders of persons by what became of them. One that is given again with the same"
            + " id counts once."
    )
    package static let paused = MetricDefinition.gauge(
        "graphwarden_paused",
        labels: ["scope"],
        initial: PauseScope.labels.map { [$0] },
        "Number of pauses in force by scope."
    )
}
