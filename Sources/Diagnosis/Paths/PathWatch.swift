import Time

/// Which paths are proved, by whom, and which graphs became unreachable together.
struct PathWatch: Sendable {
    struct Proof: Hashable, Sendable {
        var at: Timestamp
        /// The graph or canary that accepted a connection.
        var by: String
    }

    /// A graph that refuses or does not accept connections.
    private struct Lost: Hashable, Sendable {
        let way: Way
        var onset: Onset
    }

    private var proofs: [Way.Group: Proof] = [:]
    private var lost: [String: Lost] = [:]
    /// When the lost graphs of each group were lost. Thousands are lost with one path, and each
    /// asks for its partners in every step.
    private var onsets: [Way.Group: Onset.Order] = [:]
    private var isInOrder = true
    /// The graphs that were reached again in this poll.
    private var ended: [Lost] = []
    /// When the last graph that became unreachable together with this one was reached again.
    private var released: [String: Timestamp] = [:]

    /// For how long a graph stays part of an event after all the others are reached again.
    private static let eventMemory: Duration = .seconds(30 * 60)

    mutating func prove(_ way: Way, by name: String, at: Timestamp) {
        for group in way.groups { proofs[group] = Proof(at: at, by: name) }
    }

    /// Takes what became of the connections to a graph in one poll. Call `settle` after the last.
    ///
    /// - Parameter onset: when it became unreachable; nil if it was reached.
    mutating func note(_ graphID: String, on way: Way, _ onset: Onset?) {
        let before = lost[graphID]
        let now = onset.map { Lost(way: way, onset: $0) }
        if now == nil, !released.isEmpty { released[graphID] = nil }
        guard now != before else { return }
        lost[graphID] = now
        isInOrder = false
        if now == nil, let before { ended.append(before) }
    }

    /// Puts what a poll changed in order.
    mutating func settle(at: Timestamp) {
        if !ended.isEmpty {
            let ended = Self.order(ended)
            for (id, graph) in lost where Self.count(near: graph, in: ended) > 0 {
                released[id] = at
            }
        }
        ended = []
        putInOrder()
    }

    private mutating func putInOrder() {
        guard !isInOrder else { return }
        onsets = Self.order(lost.values)
        isInOrder = true
    }

    private static func order(_ lost: some Collection<Lost>) -> [Way.Group: Onset.Order] {
        var groups: [Way.Group: [Onset]] = [:]
        for graph in lost {
            for group in graph.way.groups { groups[group, default: []].append(graph.onset) }
        }
        return groups.mapValues { Onset.Order($0) }
    }

    private static func count(near graph: Lost, in order: [Way.Group: Onset.Order]) -> Int {
        graph.way.shares.reduce(0) { $0 + (order[$1]?.count(near: graph.onset) ?? 0) }
    }

    /// How many graphs became unreachable together with this one; zero if it did so alone.
    ///
    /// - Parameter remembers: whether others that are reached again count for a while.
    func eventSize(_ graphID: String, remembers: Bool = true, at: Timestamp) -> Int {
        guard let graph = lost[graphID] else { return 0 }
        let size = Self.count(near: graph, in: onsets)
        if size > 1 { return size }
        guard remembers else { return 0 }
        return released[graphID].map { at - $0 < Self.eventMemory } ?? false ? 2 : 0
    }

    /// The newest proof of the path to a graph.
    func proof(of way: Way, since: Timestamp) -> Proof? {
        way.shares.compactMap { proofs[$0] }.filter { $0.at >= since }
            .max { ($0.at, $1.by) < ($1.at, $0.by) }
    }

    /// Drops what belongs to graphs that are gone.
    mutating func keep(_ ways: [String: Way]) {
        let before = lost.count
        lost = lost.filter { ways[$0.key] != nil }
        if lost.count < before { isInOrder = false }
        putInOrder()
        released = released.filter { ways[$0.key] != nil }
        let groups = Set(ways.values.flatMap(\.groups))
        proofs = proofs.filter { groups.contains($0.key) }
    }

    mutating func shift(by jump: Duration) {
        proofs = proofs.mapValues { Proof(at: $0.at + jump, by: $0.by) }
        lost = lost.mapValues { Lost(way: $0.way, onset: $0.onset.shifted(by: jump)) }
        onsets = Self.order(lost.values)
        released = released.mapValues { $0 + jump }
    }
}
