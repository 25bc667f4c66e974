import Time

/// What other agents say of graphs, and what they are told.
extension Diagnosis {
    /// Takes the word of others that these graphs have answered. Only an agent that saw a graph
    /// answer can suspect it; another one that began later would take a hang for a start for ever.
    package mutating func believeReach(of ids: Set<String>) {
        for id in ids {
            guard let place = graphs.place(of: id), !graphs.values[place].wasReached else {
                continue
            }
            let kinds = graphs.values[place].engineKinds
            guard !kinds.isEmpty else { continue }
            graphs.change(at: place) { $0.memory.answered.formUnion(kinds) }
            unsaved.insert(id)
            summaries[id] = nil
        }
    }

    /// Takes the word of the agent that watches the graph instead of this one: it became
    /// unreachable, or it is not.
    ///
    /// - Parameter heardAt: how old that word is at most.
    static func believeWatcher(
        _ new: Observation,
        _ graph: inout GraphCase,
        _ paths: inout PathWatch,
        heardAt: Timestamp
    ) {
        if graph.memory.onset != new.reportedOnset { graph.memory.onset = new.reportedOnset }
        if new.reportedOnset == nil {
            graph.notUnreachableAt = max(graph.notUnreachableAt ?? heardAt, heardAt)
        }
        guard let way = graph.way else { return }
        paths.note(new.graphID, on: way, new.reportedOnset)
    }

    /// The graphs that this agent could not reach when it read them in the newest poll, with the
    /// time at which that began.
    package var losses: [String: Onset] {
        var losses: [String: Onset] = [:]
        for (id, graph) in zip(graphs.keys, graphs.values) where graph.probedAt == at {
            losses[id] = graph.memory.onset
        }
        return losses
    }

    /// Graphs that no poll has probed since the start, the first by id.
    package func unread(atMost count: Int) -> [String] {
        let unread = zip(graphs.keys, graphs.values).lazy.filter { $0.1.probedAt == nil }.map(\.0)
        return Array(unread.sorted().prefix(count))
    }

    /// Some graphs that can prove the paths to these: for each path the first by id that are not lost
    /// themselves.
    ///
    /// - Parameter count: for each path.
    package func witnesses(of ids: some Sequence<String>, atMost count: Int) -> Set<String> {
        var wanted: [Way.Group: [String]] = [:]
        for id in ids {
            for group in graphs[id]?.way?.shares ?? [] { wanted[group] = [] }
        }
        guard !wanted.isEmpty else { return [] }
        for id in graphs.keys.sorted() {
            guard let graph = graphs[id], graph.memory.onset == nil else { continue }
            for group in graph.way?.groups ?? []
            where wanted[group].map({ $0.count < count }) ?? false {
                wanted[group]?.append(id)
            }
        }
        return Set(wanted.values.joined())
    }
}
