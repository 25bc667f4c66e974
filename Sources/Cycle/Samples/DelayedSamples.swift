import Diagnosis
package import Series
package import Time

/// The series of samples that keep their own time, and the newest sample of each.
///
/// Rules and queries see each sample at the time for which it holds, so rates and windows are those
/// of the graph. Diagnosis takes from them that clients are answered, which refutes a hang. They
/// never prove one: they are minutes old.
package struct DelayedSamples: Sendable {
    /// Why a sample is not kept. The raw value is the metric label `reason`.
    package enum Refusal: String, CaseIterable, Hashable, Sendable {
        /// Of a graph that is not known, or that another agent watches.
        case graph
        /// Older than what the store keeps.
        case old
        /// Ahead of the clock.
        case future
        /// Older than the newest sample of its series, or contradicting it.
        case order
        /// Of a new series beyond the limit.
        case series
    }

    private struct Held: Sendable {
        let series: SeriesReference
        var newest: Sample
    }

    /// How old a value is at most that counts as current, as for instant selectors at their usual
    /// lookback.
    package static let longestAge = SeriesStore.longestDelay + .seconds(300)
    /// How far a sample may be ahead of the clock: Cloud Eye labels a period with its start, and
    /// clocks differ.
    static let tolerance = Duration.seconds(60)

    /// By graph; each has a place for every metric.
    private var graphs: [String: [Held?]] = [:]
    package private(set) var seriesCount = 0
    /// Samples refused since the start.
    package private(set) var refused: [Refusal: Int] = [:]
    /// The time of the newest sample of all; nil if there is none.
    package private(set) var newestAt: Timestamp?

    private static let places = Dictionary(
        uniqueKeysWithValues: GraphMetric.ofCloudEye.enumerated().map { ($1, $0) }
    )

    init() {}

    /// Half of what the agent may see itself, and in addition to it.
    package static func limit(of store: SeriesStore) -> Int { store.maximumSeries / 2 }

    mutating func append(
        _ samples: [DelayedSample],
        to store: inout SeriesStore,
        at now: Timestamp,
        isKnown: (String) -> Bool
    ) {
        for sample in samples {
            if let refusal = append(sample, to: &store, at: now, isKnown) {
                refused[refusal, default: 0] += 1
            }
        }
    }

    private mutating func append(
        _ sample: DelayedSample,
        to store: inout SeriesStore,
        at now: Timestamp,
        _ isKnown: (String) -> Bool
    ) -> Refusal? {
        guard let place = Self.places[sample.metric], isKnown(sample.graphID) else { return .graph }
        guard sample.at <= now + Self.tolerance else { return .future }
        guard now - sample.at <= store.retention else { return .old }
        let held = graphs[sample.graphID]?[place]
        var series = held?.series
        var result = series.map { store.append(to: $0, sample.value, at: sample.at) }
        if result == nil || result == .unknownSeries {
            if held == nil, seriesCount >= Self.limit(of: store) { return .series }
            series = store.reference(for: sample.labels, isDelayed: true)
            result = series.map { store.append(to: $0, sample.value, at: sample.at) }
        }
        guard let series, let result else { return .series }
        switch result {
        case .appended, .duplicate: break
        case .conflictingValue, .outOfOrder: return .order
        case .tooOld: return .old
        case .seriesLimitReached, .unknownSeries: return .series
        }
        let newest = Sample(timestamp: sample.at, value: sample.value)
        if held == nil { seriesCount += 1 }
        graphs[sample.graphID, default: Self.none][place] = Held(series: series, newest: newest)
        newestAt = max(newestAt ?? sample.at, sample.at)
        return nil
    }

    private static let none = [Held?](repeating: nil, count: GraphMetric.ofCloudEye.count)

    /// Removes the series of all other graphs: a deleted graph leaves nothing behind.
    mutating func keep(in store: inout SeriesStore, where isKnown: (String) -> Bool) {
        let gone = graphs.filter { !isKnown($0.key) }
        guard !gone.isEmpty else { return }
        store.remove(gone.values.flatMap { $0.compactMap { $0?.series } })
        for (id, held) in gone {
            graphs[id] = nil
            seriesCount -= held.count { $0 != nil }
        }
    }

    /// Forgets series that have no sample since `horizon`: the store has dropped them.
    mutating func prune(before horizon: Timestamp) {
        for (id, held) in graphs
        where held.contains(where: { $0.map { $0.newest.timestamp < horizon } ?? false }) {
            let kept = held.map { $0.flatMap { $0.newest.timestamp < horizon ? nil : $0 } }
            seriesCount -= held.count { $0 != nil } - kept.count { $0 != nil }
            graphs[id] = kept.allSatisfy { $0 == nil } ? nil : kept
        }
    }

    /// Call this when the store was emptied. Counts go on.
    mutating func forgetSeries() {
        graphs = [:]
        seriesCount = 0
        newestAt = nil
    }

    /// How many graphs have a current value of each metric.
    package func counts(at now: Timestamp) -> [GraphMetric: Int] {
        var counts = [Int](repeating: 0, count: GraphMetric.ofCloudEye.count)
        for held in graphs.values {
            for place in held.indices where isCurrent(held[place], at: now) { counts[place] += 1 }
        }
        return Dictionary(uniqueKeysWithValues: zip(GraphMetric.ofCloudEye, counts))
            .filter { $0.value > 0 }
    }

    /// The current values of one metric by graph.
    package func values(of metric: GraphMetric, at now: Timestamp) -> [String: Double] {
        guard let place = Self.places[metric] else { return [:] }
        return graphs.compactMapValues { held in
            isCurrent(held[place], at: now) ? held[place]?.newest.value : nil
        }
    }

    /// What is known of a graph's clients, at the newest time for which their requests are.
    func load(of id: String) -> Observation.Load? {
        guard let held = graphs[id] else { return nil }
        func newest(_ metric: GraphMetric) -> Sample? {
            Self.places[metric].flatMap { held[$0]?.newest }
        }
        guard let requests = newest(.requests) else { return nil }
        func value(_ metric: GraphMetric) -> Double? {
            newest(metric).flatMap { $0.timestamp == requests.timestamp ? $0.value : nil }
        }
        return Observation.Load(
            at: requests.timestamp,
            requests: requests.value,
            responseTime: value(.responseTimeAverage),
            waiting: (value(.readTasksPending) ?? 0) + (value(.writeTasksPending) ?? 0)
        )
    }

    private func isCurrent(_ held: Held?, at now: Timestamp) -> Bool {
        held.map { now - $0.newest.timestamp < Self.longestAge } ?? false
    }
}

extension DelayedSample {
    fileprivate var labels: Labels {
        Labels([("__name__", metric.rawValue), ("graph_id", graphID)])
    }
}

extension Cycle {
    /// Appends what was read elsewhere since the last step, and drops what belongs to graphs that
    /// this agent does not watch any more.
    mutating func mergeDelayedSamples(_ turn: Turn) {
        let entries = inventory.entries
        func isKnown(_ id: String) -> Bool {
            guard let place = entries.place(of: id) else { return false }
            return entries.values[place].otherWatcher == nil
        }
        if turn.readings != nil {
            delayed.keep(in: &series, where: isKnown)
            nodes.keep(in: &series, where: isKnown)
        }
        if settings.readsCloudEye {
            delayed.append(turn.input.delayed, to: &series, at: turn.now, isKnown: isKnown)
        }
        if settings.readsNodeMetrics {
            nodes.append(turn.input.nodes, to: &series, at: turn.now, isKnown: isKnown)
        }
    }
}
