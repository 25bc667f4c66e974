import Time

/// The history of each probe of a graph, by kind.
///
/// An array sorted by kind, because a graph has few probes and they are read several times in every
/// poll.
struct ProbeHistories: Sendable {
    private(set) var kinds: [String] = []
    private var histories: [SignHistory] = []
    /// The engine's signs, sorted. Where only the front end is probed, it is taken for the engine.
    private(set) var engineKinds: [String] = []

    subscript(kind: String) -> SignHistory? {
        kinds.firstIndex(of: kind).map { histories[$0] }
    }

    /// The newest answers, by kind in this order.
    func newestAnswers(_ wanted: [String]) -> [Answer] {
        wanted.compactMap { kind in
            kinds.firstIndex(of: kind).flatMap { histories[$0].newest?.answer }
        }
    }

    /// Whether a probe was alive in its newest reading.
    var isAnyAlive: Bool { histories.contains { $0.newest?.answer == .alive } }

    /// Merges the answers of a poll; kinds without one are dropped.
    mutating func take(_ probes: [Observation.Probe], at: Timestamp) {
        if kinds.contains(where: { kind in !probes.contains { $0.kind == kind } }) {
            let kept = kinds.indices.filter { index in
                probes.contains { $0.kind == kinds[index] }
            }
            histories = kept.map { histories[$0] }
            setKinds(kept.map { kinds[$0] })
        }
        for probe in probes {
            histories[place(of: probe.kind)].append(probe.answer.word, probe.answer, at: at)
        }
    }

    private mutating func place(of kind: String) -> Int {
        if let known = kinds.firstIndex(of: kind) { return known }
        let place = kinds.firstIndex { $0 > kind } ?? kinds.count
        histories.insert(SignHistory(), at: place)
        setKinds(kinds[..<place] + [kind] + kinds[place...])
        return place
    }

    private mutating func setKinds(_ new: some Sequence<String>) {
        kinds = Array(new)
        let engine = kinds.filter(Observation.Probe.isEngine)
        engineKinds = engine.isEmpty ? kinds : engine
    }

    mutating func shift(by jump: Duration) {
        for index in histories.indices { histories[index].shift(by: jump) }
    }
}
