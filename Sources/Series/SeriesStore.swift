/// Owns the recent history of all series: bounded in series, in samples per series and in time.
///
/// It does not read clocks, does no input or output and knows nothing of where samples come from.
/// It is a value: a copy is a snapshot that later appends do not change.
package struct SeriesStore: Sendable {
    package var retention: Duration
    package let maximumSeries: Int
    package private(set) var droppedSeriesTotal = 0

    private var slots: [MemorySeries?] = []
    private var byLabels: [Labels: SeriesReference] = [:]

    package init(retention: Duration, maximumSeries: Int) {
        self.retention = retention
        self.maximumSeries = maximumSeries
    }

    package var seriesCount: Int { byLabels.count }
    package var sampleCount: Int { slots.reduce(0) { $0 + ($1?.samples.count ?? 0) } }

    /// The reference of a series, which is made when it does not exist; nil at the series limit.
    package mutating func reference(for labels: Labels) -> SeriesReference? {
        if let known = byLabels[labels] { return known }
        guard byLabels.count < maximumSeries else {
            droppedSeriesTotal += 1
            return nil
        }
        let reference = SeriesReference(slot: UInt32(slots.count))
        slots.append(MemorySeries(labels: labels))
        byLabels[labels] = reference
        return reference
    }

    @discardableResult
    package mutating func append(
        _ labels: Labels,
        _ value: Double,
        at time: Timestamp
    ) -> AppendResult {
        guard let reference = reference(for: labels) else { return .seriesLimitReached }
        return append(to: reference, value, at: time)
    }

    @discardableResult
    package mutating func append(
        to series: SeriesReference,
        _ value: Double,
        at time: Timestamp
    ) -> AppendResult {
        guard let newest = slots[series.number]?.samples.last else {
            slots[series.number]?.samples.append(Sample(timestamp: time, value: value))
            return .appended
        }
        if newest.timestamp > time { return .outOfOrder }
        if newest.timestamp == time {
            return newest.value.bitPattern == value.bitPattern ? .duplicate : .conflictingValue
        }
        slots[series.number]?.samples.append(Sample(timestamp: time, value: value))
        return .appended
    }

    /// Forgets samples older than `time`, and series that have none left.
    package mutating func prune(before time: Timestamp) {
        for index in slots.indices {
            slots[index]?.samples.removeAll { $0.timestamp < time }
        }
    }
}

struct MemorySeries {
    let labels: Labels
    var samples: [Sample] = []
}

extension SeriesStore: SampleSource {
    package func select(_ matchers: [LabelMatcher]) -> [SeriesReference] {
        slots.indices.compactMap { index in
            guard let labels = slots[index]?.labels,
                matchers.allSatisfy({ $0.matches(labels) })
            else { return nil }
            return SeriesReference(slot: UInt32(index))
        }
    }

    package func labels(of series: SeriesReference) -> Labels {
        slots[series.number]?.labels ?? Labels()
    }

    package func newestSample(
        of series: SeriesReference,
        after: Timestamp,
        through: Timestamp
    ) -> Sample? {
        guard let sample = slots[series.number]?.samples.last(where: { $0.timestamp <= through }),
            sample.timestamp > after, !Staleness.isMarker(sample.value)
        else { return nil }
        return sample
    }

    package func appendSamples(
        of series: SeriesReference,
        after: Timestamp,
        through: Timestamp,
        to buffer: inout [Sample]
    ) {
        for sample in slots[series.number]?.samples ?? []
        where sample.timestamp > after && sample.timestamp <= through
            && !Staleness.isMarker(sample.value)
        {
            buffer.append(sample)
        }
    }
}
