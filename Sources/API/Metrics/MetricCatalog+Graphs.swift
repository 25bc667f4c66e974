/// The agent's own metrics about one graph each. All of them name the graph, so that an alert on
/// them needs no join. They exist for the graphs of the inventory only, so their number is bounded
/// by the fleet. Their samples come from the status of the last step, not from the registry.
extension MetricCatalog {
    private static let graph = ["graph_id", "graph_name"]

    package static let graphState = MetricDefinition.gauge(
        "graphwarden_graph_state",
        labels: graph + ["state"],
        "State of the remediation of a graph; 1 for the state that holds, the others are absent."
    )
    package static let graphHeld = MetricDefinition.gauge(
        "graphwarden_graph_held",
        labels: graph + ["reason"],
        "Restart that is asked for and held back; 1 for each reason that holds it now."
    )
    package static let graphApprovalPending = MetricDefinition.gauge(
        "graphwarden_graph_approval_pending",
        labels: graph,
        "Whether a restart of the graph waits for a person to approve it."
    )
    package static let graphExhausted = MetricDefinition.gauge(
        "graphwarden_graph_exhausted",
        labels: graph,
        "Whether the attempts of the graph are used up and a person must acknowledge."
    )
    package static let graphRestarts = MetricDefinition.counter(
        "graphwarden_graph_restarts_total",
        labels: graph,
        "Number of restarts decided for the graph, including those before the agent was started."
    )

    static let graphs = [
        graphState, graphHeld, graphApprovalPending, graphExhausted, graphRestarts,
    ]
}
