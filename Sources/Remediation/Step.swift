import Time

/// The arguments of one step, and the effects that it has gathered so far.
struct Step {
    let view: FleetView
    let at: Timestamp
    var effects: [Effect] = []

    /// The defaults for a graph without a policy: a restart in progress is still tracked
    /// after the entry that selected its graph is gone from the configuration.
    func policy(of id: GraphID) -> Policy {
        view.graphs[id]?.policy ?? Policy()
    }

    /// The graph if it was read after `instant` and the reading is fresh; nil while the agent is
    /// blind. Whoever follows a restart asks for readings after the POST: an older one shows the
    /// graph as it was before.
    func reading(of id: GraphID, after instant: Timestamp) -> GraphView? {
        guard view.sightSince != nil, let graph = view.graphs[id],
            let observedAt = graph.observedAt, observedAt > instant,
            at - observedAt <= view.freshness
        else { return nil }
        return graph
    }
}
