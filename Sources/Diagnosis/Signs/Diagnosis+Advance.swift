package import Time

extension Diagnosis {
    /// Work of a graph that was seen to advance.
    package struct Advance: Hashable, Sendable {
        /// Raw values are values of a metric label.
        package enum Source: String, Hashable, Sendable, CaseIterable {
            case tasks, queries, jobs
        }

        package let source: Source
        /// When it was last seen to advance.
        package let at: Timestamp
    }

    /// The newest advance of each source; without those that were never seen to advance.
    package func advances(of id: String) -> [Advance] {
        summaries[id]?.advances ?? graphs[id]?.advances ?? []
    }
}

extension GraphCase {
    /// The newest advance of each source; without those that were never seen to advance.
    var advances: [Diagnosis.Advance] {
        let moments: [(Diagnosis.Advance.Source, Timestamp?)] = [
            (.tasks, tasks.advancedAt), (.queries, queries.advancedAt), (.jobs, jobs.advancedAt),
        ]
        return moments.compactMap { source, at in
            at.map { Diagnosis.Advance(source: source, at: $0) }
        }
    }
}
