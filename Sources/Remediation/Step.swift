import Time

/// What one step works with.
struct Step {
    let view: FleetView
    let at: Timestamp
    var effects: [Effect] = []

    /// The defaults for a graph without a policy: what was begun is followed all the same.
    func policy(of id: GraphID) -> Policy {
        view.graphs[id]?.policy ?? Policy()
    }

    /// The graph, if it was read after `instant` and recently enough to be believed.
    func reading(of id: GraphID, after instant: Timestamp) -> GraphView? {
        guard view.sightSince != nil, let graph = view.graphs[id],
            let observedAt = graph.observedAt, observedAt > instant,
            at - observedAt <= view.freshness
        else { return nil }
        return graph
    }
}
