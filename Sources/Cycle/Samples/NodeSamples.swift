package import Series
package import Time

/// The series of what graphs say of their nodes.
///
/// As with `DelayedSamples`, rules and queries see each sample at the time for which it holds.
/// Nothing is decided on them: they prove no hang, and refute none.
package struct NodeSamples: Sendable {
    package typealias Refusal = DelayedSamples.Refusal

    private struct Held: Sendable {
        var at = Timestamp.distantPast
        var written = WrittenSamples()
        /// Series that later readings lack, and since when. The store has them for a while.
        var ended: [SeriesReference: Timestamp] = [:]

        var series: [SeriesReference] { written.references + ended.keys }
        var seriesCount: Int { written.samples.count + ended.count }
    }

    private var graphs: [String: Held] = [:]
    package private(set) var seriesCount = 0
    /// Samples refused since the start.
    package private(set) var refused: [Refusal: Int] = [:]
    /// The time of the newest reading of all; nil if there is none.
    package private(set) var newestAt: Timestamp?

    init() {}

    /// In addition to what the agent may see itself and to what Cloud Eye may have.
    package static func limit(of store: SeriesStore) -> Int { store.maximumSeries / 4 }

    mutating func append(
        _ readings: [NodeReading],
        to store: inout SeriesStore,
        at now: Timestamp,
        isKnown: (String) -> Bool
    ) {
        for reading in readings {
            if reading.omitted > 0 { refused[.series, default: 0] += reading.omitted }
            if let refusal = append(reading, to: &store, at: now, isKnown) {
                refused[refusal, default: 0] += reading.samples.count
            }
        }
    }

    /// Returns why none of the samples is kept.
    private mutating func append(
        _ reading: NodeReading,
        to store: inout SeriesStore,
        at now: Timestamp,
        _ isKnown: (String) -> Bool
    ) -> Refusal? {
        guard isKnown(reading.graphID) else { return .graph }
        guard reading.at <= now + DelayedSamples.tolerance else { return .future }
        guard now - reading.at <= store.retention else { return .old }
        var held = graphs[reading.graphID] ?? Held()
        guard reading.at > held.at else {
            // A graph may say the same again.
            return reading.at == held.at && reading.samples == held.written.samples ? nil : .order
        }
        let before = held.seriesCount
        var none = RestoredSamples()
        let ended = held.written.replace(
            with: reading.samples,
            in: &store,
            waking: &none,
            at: reading.at,
            room: max(0, Self.limit(of: store) - seriesCount),
            isDelayed: true
        )
        for series in ended { held.ended[series] = reading.at }
        if !held.ended.isEmpty {
            for series in held.written.references { held.ended[series] = nil }
        }
        let refusals = held.written.dropWithoutSeries()
        if refusals > 0 { refused[.series, default: 0] += refusals }
        held.at = reading.at
        seriesCount += held.seriesCount - before
        graphs[reading.graphID] = held
        newestAt = max(newestAt ?? reading.at, reading.at)
        return nil
    }

    /// Removes the series of all other graphs: a deleted graph leaves nothing behind.
    mutating func keep(in store: inout SeriesStore, where isKnown: (String) -> Bool) {
        for (id, held) in graphs where !isKnown(id) {
            store.remove(held.series)
            seriesCount -= held.seriesCount
            graphs[id] = nil
        }
    }

    /// Forgets series that have no sample since `horizon`: the store has dropped them.
    mutating func prune(before horizon: Timestamp) {
        for (id, held) in graphs where held.at < horizon || !held.ended.isEmpty {
            var kept = held
            kept.ended = held.ended.filter { $0.value >= horizon }
            if held.at < horizon { kept.written.forgetAll() }
            seriesCount += kept.seriesCount - held.seriesCount
            graphs[id] = kept.seriesCount == 0 ? nil : kept
        }
    }

    /// Call this when the store was emptied. Counts go on.
    mutating func forgetSeries() {
        graphs = [:]
        seriesCount = 0
        newestAt = nil
    }

    /// The current samples by metric.
    package func samples(at now: Timestamp) -> [GraphMetric: [GraphSample]] {
        var samples: [GraphMetric: [GraphSample]] = [:]
        for held in graphs.values where now - held.at < DelayedSamples.longestAge {
            for sample in held.written.samples {
                samples[sample.metric, default: []].append(sample)
            }
        }
        return samples
    }
}
