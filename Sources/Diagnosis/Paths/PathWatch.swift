import Time

/// Which paths are proved, by whom, and which graphs became unreachable together.
struct PathWatch: Sendable {
    struct Proof: Hashable, Sendable {
        var at: Timestamp
        /// The graph or canary that accepted a connection.
        var by: String
    }

    private(set) var proofs: [Path: Proof] = [:]
    /// Since when each graph has refused or not accepted connections, by path.
    private var unreachable: [Path: [String: Timestamp]] = [:]
    /// When the last graph that became unreachable together with this one was reached again.
    private var released: [String: Timestamp] = [:]

    /// Graphs that become unreachable within this time of each other share a cause.
    private static let eventSpan: Duration = .seconds(60)
    /// For how long a graph stays part of an event after all the others are reached again.
    private static let eventMemory: Duration = .seconds(30 * 60)

    mutating func prove(_ path: Path, by name: String, at: Timestamp) {
        proofs[path] = Proof(at: at, by: name)
    }

    /// Takes what became of the connections to a graph in one poll.
    ///
    /// - Parameter since: since when it has been unreachable, if that is known from before.
    mutating func note(
        _ graphID: String,
        on path: Path,
        isReached: Bool,
        since: Timestamp?,
        at: Timestamp
    ) {
        if isReached {
            if unreachable.isEmpty, released.isEmpty { return }
            let began = unreachable[path]?.removeValue(forKey: graphID)
            released[graphID] = nil
            guard let began else { return }
            for other in partners(of: graphID, since: began, on: path) { released[other] = at }
        } else if unreachable[path]?[graphID] == nil {
            unreachable[path, default: [:]][graphID] = since ?? at
        }
    }

    /// The graphs that became unreachable within a minute of this one.
    private func partners(of graphID: String, since began: Timestamp, on path: Path) -> [String] {
        (unreachable[path] ?? [:]).compactMap { id, since in
            id != graphID && abs(since, began) <= Self.eventSpan ? id : nil
        }
    }

    private func abs(_ left: Timestamp, _ right: Timestamp) -> Duration {
        left > right ? left - right : right - left
    }

    /// How many graphs became unreachable together with this one; zero if it did so alone.
    ///
    /// - Parameter remembers: whether others that are reached again count for a while.
    func eventSize(
        _ graphID: String,
        on path: Path,
        remembers: Bool = true,
        at: Timestamp
    ) -> Int {
        guard let began = unreachable[path]?[graphID] else { return 0 }
        let others = partners(of: graphID, since: began, on: path).count
        if others > 0 { return others + 1 }
        guard remembers else { return 0 }
        return released[graphID].map { at - $0 < Self.eventMemory } ?? false ? 2 : 0
    }

    func proof(of path: Path, since: Timestamp) -> Proof? {
        proofs[path].flatMap { $0.at >= since ? $0 : nil }
    }

    func unreachableSince(_ graphID: String, on path: Path) -> Timestamp? {
        unreachable[path]?[graphID]
    }

    /// Drops what belongs to graphs and paths that are gone.
    mutating func keep(graphs: (String) -> Bool, paths: Set<Path>) {
        for path in unreachable.keys {
            unreachable[path] = unreachable[path]?.filter { graphs($0.key) }
            if !paths.contains(path) { unreachable[path] = nil }
        }
        if !released.isEmpty { released = released.filter { graphs($0.key) } }
        // Nearly always none is gone, and a new table costs more than looking.
        if proofs.keys.contains(where: { !paths.contains($0) }) {
            proofs = proofs.filter { paths.contains($0.key) }
        }
    }

    mutating func shift(by jump: Duration) {
        proofs = proofs.mapValues { Proof(at: $0.at + jump, by: $0.by) }
        unreachable = unreachable.mapValues { $0.mapValues { $0 + jump } }
        released = released.mapValues { $0 + jump }
    }
}
