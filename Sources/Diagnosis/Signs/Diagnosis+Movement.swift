extension Diagnosis {
    /// What the newest poll showed of the work of a graph.
    package struct Movement: Hashable, Sendable {
        package let source: Advance.Source
        /// Whether it is only about the operation that the status shows.
        package let isOfOperation: Bool
        /// Whether any of the work had advanced. Otherwise all of it made no progress.
        package let isAdvancing: Bool
    }

    /// What the newest poll showed of each source; without those that it does not tell of.
    package func movements(of id: String) -> [Movement] {
        guard let place = graphs.place(of: id) else { return [] }
        let graph = graphs.values[place]
        let histories: [(Advance.Source, Bool, SignHistory)] = [
            (.tasks, false, graph.tasks.history), (.tasks, true, graph.tasks.operation),
            (.queries, false, graph.queries.history),
            (.jobs, false, graph.jobs.history), (.jobs, true, graph.jobs.operation),
        ]
        return histories.compactMap { source, isOfOperation, history in
            guard let newest = history.newest, newest.last == at, newest.word != .cannotTell
            else { return nil }
            return Movement(
                source: source,
                isOfOperation: isOfOperation,
                isAdvancing: newest.word == .advancing
            )
        }
    }

    /// The sources that the graph listed in the newest poll and that could not be read.
    package func unreadableSources(of id: String) -> [Advance.Source] {
        guard let place = graphs.place(of: id) else { return [] }
        var sources: [Advance.Source] = []
        if graphs.values[place].tasks.obscuredAt == at { sources.append(.tasks) }
        if graphs.values[place].queries.obscuredAt == at { sources.append(.queries) }
        return sources
    }
}
