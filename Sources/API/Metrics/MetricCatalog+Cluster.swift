/// What an agent knows of others that share its fleet.
extension MetricCatalog {
    package static let leader = MetricDefinition.gauge(
        "graphwarden_leader",
        initial: [[]],
        "Whether this agent acts: 1 for the leader, and for an agent that shares its fleet with"
            + " nobody."
    )
    package static let members = MetricDefinition.gauge(
        "graphwarden_members",
        initial: [[]],
        "Number of agents that share the fleet, this one included."
    )
    package static let dissenters = MetricDefinition.gauge(
        "graphwarden_members_policy_differs",
        initial: [[]],
        "Number of other agents whose configuration or rules differ."
    )
    package static let watchedGraphs = MetricDefinition.gauge(
        "graphwarden_watched_graphs",
        initial: [[]],
        "Number of graphs that this agent reads with every poll: all of them, unless agents divide"
            + " the watch."
    )
    static let cluster = [leader, members, dissenters, watchedGraphs]
}
