package import Time

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

    /// Takes the word of others that the graph answered its clients. Only the agent that watches a
    /// graph reads Cloud Eye for it, and the leader must know what it says.
    ///
    /// - Parameter times: by graph; when the newest requests were answered.
    package mutating func believeServed(_ times: [String: Timestamp]) {
        for (id, time) in times {
            guard let place = graphs.place(of: id),
                graphs.values[place].load.isNews(servedAt: time, at: at)
            else { continue }
            graphs.change(at: place) { $0.load.believe(servedAt: time, at: at) }
            summaries[id] = nil
        }
    }

    /// When graphs answered requests of their clients most recently, as Cloud Eye sees it.
    package func served(of ids: some Sequence<String>) -> [String: Timestamp] {
        Dictionary(
            ids.compactMap { id in graphs[id]?.load.servedAt.map { (id, $0) } },
            uniquingKeysWith: max
        )
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
        for place in graphs.values.indices where graphs.values[place].probedAt == at {
            guard let onset = graphs.values[place].memory.onset else { continue }
            losses[graphs.keys[place]] = onset
        }
        return losses
    }

    /// Graphs that no poll has probed since the start, the first by id.
    package func unread(atMost count: Int) -> [String] {
        let unread = graphs.values.indices.filter {
            graphs.values[$0].probedAt == nil && isProbed($0)
        }
        return Array(unread.map { graphs.keys[$0] }.sorted().prefix(count))
    }

    /// Some graphs that can prove the paths to these: for each path the first by id that are not lost
    /// themselves.
    ///
    /// - Parameter count: for each path.
    package func witnesses(of ids: some Sequence<String>, atMost count: Int) -> Set<String> {
        let wanted = Set(ids.flatMap { graphs[$0]?.way?.shares ?? [] })
        guard !wanted.isEmpty else { return [] }
        var found: [Way.Group: [String]] = [:]
        for place in graphs.values.indices
        where graphs.values[place].memory.onset == nil && isProbed(place) {
            for group in graphs.values[place].way?.groups ?? [] where wanted.contains(group) {
                found[group, default: []].append(graphs.keys[place])
            }
        }
        return Set(found.values.flatMap { $0.sorted().prefix(count) })
    }

    /// Whether polls probe the graph at this place: only one whose status can be that of a hang.
    private func isProbed(_ place: Int) -> Bool {
        HangClass(statusCode: graphs.values[place].statusCode) != nil
    }
}
