package import Time

/// Owns the recent history of all series: bounded in series, in samples per series and in time.
///
/// It does not read clocks, does no input or output and knows nothing of where samples come from.
/// It is a value: a copy is a snapshot that later appends do not change, and costs nothing until
/// then. What appends touch is kept apart from what they do not (labels and index), so that even
/// then only the former is copied.
package struct SeriesStore: Sendable {
    /// How far back samples are kept: as far as the rules can ask. May be changed at any time.
    package var retention: Duration {
        didSet {
            limits = SeriesHistory.Limits(
                retention: retention,
                maximumSamples: limits.maximumSamples
            )
        }
    }
    package let maximumSeries: Int
    /// Samples that were refused because they would have started a series beyond the limit.
    package private(set) var droppedSeriesTotal = 0
    /// Samples within the retention that were given up for `maximumSamplesPerSeries`.
    package private(set) var evictedSamplesTotal = 0

    private(set) var index = SeriesIndex()
    private var references: [Labels: SeriesReference] = [:]
    private var freeSlots: [UInt32] = []

    // By slot, each in an array of its own: reading the newest sample, the most frequent thing
    // by far, then touches 20 bytes of memory.

    /// nil while the slot is free.
    private(set) var labels: [Labels?] = []
    /// How many series have lived in the slot before.
    private(set) var generations: [UInt32] = []
    /// At `distantPast` when there is none.
    private var newest: [Sample] = []
    private var histories: [SeriesHistory] = []
    private var limits: SeriesHistory.Limits
    /// Samples before this time are gone, wherever the chunks happen to end.
    private var horizon = Timestamp.distantPast + .milliseconds(1)

    /// Two weeks at an interval of 15 seconds.
    package static let usualSamplesPerSeries = 100_000

    package init(
        retention: Duration,
        maximumSeries: Int,
        maximumSamplesPerSeries: Int = Self.usualSamplesPerSeries
    ) {
        self.retention = retention
        self.maximumSeries = min(maximumSeries, Int(UInt32.max))
        limits = SeriesHistory.Limits(
            retention: retention,
            maximumSamples: maximumSamplesPerSeries
        )
    }

    package var seriesCount: Int { references.count }
    package var sampleCount: Int { histories.reduce(0) { $0 + $1.sampleCount } }

    private func isKnown(_ series: SeriesReference) -> Bool {
        series.number < generations.count
            && generations[series.number] == series.generation
    }
}

// MARK: - Appending

extension SeriesStore {
    @discardableResult
    package mutating func append(
        _ labels: Labels,
        _ value: Double,
        at time: Timestamp
    ) -> AppendResult {
        // Before a series is made for it: it would have to be kept for nothing.
        guard time >= horizon else { return .tooOld }
        guard let series = reference(for: labels) else { return .seriesLimitReached }
        return append(to: series, value, at: time)
    }

    /// As with labels, but without looking for the series.
    @discardableResult
    package mutating func append(
        to series: SeriesReference,
        _ value: Double,
        at time: Timestamp
    ) -> AppendResult {
        guard isKnown(series) else { return .unknownSeries }
        guard time >= horizon else { return .tooOld }
        let sample = Sample(timestamp: time, value: value)
        let slot = series.number
        if time <= newest[slot].timestamp {
            guard time == newest[slot].timestamp else { return .outOfOrder }
            return sample == newest[slot] ? .duplicate : .conflictingValue
        }
        evictedSamplesTotal += histories[slot].append(sample, limits)
        newest[slot] = sample
        return .appended
    }

    /// The handle of a series, which is made when it does not exist; nil at the series limit.
    ///
    /// A caller that appends to the same series in every cycle keeps it; when the store answers
    /// `unknownSeries` the series was pruned, and a new handle is due.
    package mutating func reference(for labels: Labels) -> SeriesReference? {
        if let known = references[labels] { return known }
        guard references.count < maximumSeries else {
            droppedSeriesTotal += 1
            return nil
        }
        let shared = index.sharingText(of: labels)
        let slot = freeSlots.popLast() ?? addSlot()
        self.labels[Int(slot)] = shared
        let made = SeriesReference(slot: slot, generation: generations[Int(slot)])
        references[shared] = made
        index.insert(shared, slot: slot)
        return made
    }

    private mutating func addSlot() -> UInt32 {
        labels.append(nil)
        generations.append(0)
        newest.append(SeriesStore.noSample)
        histories.append(SeriesHistory())
        return UInt32(labels.count - 1)
    }

    private static var noSample: Sample {
        Sample(timestamp: .distantPast, value: 0)
    }
}

// MARK: - Forgetting

extension SeriesStore {
    /// Forgets everything but its limits and what it has counted.
    package mutating func removeAll() {
        var empty = SeriesStore(
            retention: retention,
            maximumSeries: maximumSeries,
            maximumSamplesPerSeries: limits.maximumSamples
        )
        empty.droppedSeriesTotal = droppedSeriesTotal
        empty.evictedSamplesTotal = evictedSamplesTotal
        self = empty
    }

    /// Forgets samples older than `time`, and series that have none left.
    package mutating func prune(before time: Timestamp) {
        horizon = max(horizon, time)
        var dead: Set<UInt32> = []
        for slot in labels.indices where labels[slot] != nil {
            histories[slot].removeChunks(before: horizon)
            if newest[slot].timestamp < horizon { dead.insert(UInt32(slot)) }
        }
        if !dead.isEmpty { remove(dead) }
    }

    private mutating func remove(_ slots: Set<UInt32>) {
        index.remove(slots, labels: slots.compactMap { labels[Int($0)] })
        // Descending, so that slots are reused from the lowest, in the same order in every run.
        for slot in slots.sorted(by: >) {
            if let removed = labels[Int(slot)] { references[removed] = nil }
            labels[Int(slot)] = nil
            generations[Int(slot)] &+= 1
            newest[Int(slot)] = SeriesStore.noSample
            histories[Int(slot)] = SeriesHistory()
            freeSlots.append(slot)
        }
    }
}

// MARK: - Reading

extension SeriesStore {
    package func labels(of series: SeriesReference) -> Labels {
        (isKnown(series) ? labels[series.number] : nil) ?? Labels()
    }

    package func newestSample(
        of series: SeriesReference,
        after: Timestamp,
        through: Timestamp
    ) -> Sample? {
        guard isKnown(series) else { return nil }
        var candidate = newest[series.number]
        if candidate.timestamp > through {
            guard let earlier = histories.span[series.number].newestSample(through: through) else {
                return nil
            }
            candidate = earlier
        }
        let isCurrent = candidate.timestamp > after && candidate.timestamp >= horizon
        return isCurrent && !Staleness.isMarker(candidate.value) ? candidate : nil
    }

    /// Whether the series was there at some time from `start` through `end`: its newest sample until
    /// then, a staleness marker as well, is not older than `start`.
    package func isActive(
        _ series: SeriesReference,
        from start: Timestamp,
        through end: Timestamp
    ) -> Bool {
        guard isKnown(series) else { return false }
        let last = newest[series.number]
        // A series that was made and never written was never there.
        guard last.timestamp > .distantPast else { return false }
        if last.timestamp <= end { return last.timestamp >= start }
        let earlier = histories.span[series.number].newestSample(through: end)
        return earlier.map { $0.timestamp >= max(start, horizon) } ?? false
    }

    package func appendSamples(
        of series: SeriesReference,
        after: Timestamp,
        through: Timestamp,
        to buffer: inout [Sample]
    ) {
        append(of: series, after: after, through: through, withMarkers: false, to: &buffer)
    }

    /// The samples of a window with the staleness markers among them, for what exports a series.
    package func rawSamples(
        of series: SeriesReference,
        after: Timestamp,
        through: Timestamp
    ) -> [Sample] {
        var samples: [Sample] = []
        append(of: series, after: after, through: through, withMarkers: true, to: &samples)
        return samples
    }

    private func append(
        of series: SeriesReference,
        after: Timestamp,
        through: Timestamp,
        withMarkers: Bool,
        to buffer: inout [Sample]
    ) {
        guard isKnown(series) else { return }
        let start = max(after, horizon.advanced(byMilliseconds: -1))
        let window = ChunkWindow(
            after: start.milliseconds,
            through: through.milliseconds,
            withMarkers: withMarkers
        )
        histories.span[series.number].append(window, to: &buffer)
    }

    /// An estimate of the memory that samples take, without labels and index.
    package var sampleBytes: Int {
        let fixed = MemoryLayout<Sample>.stride + MemoryLayout<SeriesHistory>.stride
        return histories.reduce(histories.count * fixed) { $0 + $1.heapBytes }
    }
}
