// Series owns label sets, samples, staleness markers, and the recent history of all series in
// memory. It is what a rule can query. Its size is bounded in series, in samples per series and in
// time, and what a bound costs is counted.
//
// This target reads no clock, does no I/O, and knows neither where samples come from nor what an
// expression is: it offers `SampleSource` to the evaluator and nothing else.

package import Time

/// Holds the recent history of all series, in compressed chunks.
///
/// A value: a copy is a snapshot that later appends do not change. It costs nothing until the first
/// append, and then copies only the samples, because labels and index are stored apart from them.
package struct SeriesStore: Sendable {
    /// How far back samples are kept, at least as far as the rules look. May be changed at any
    /// time.
    package var retention: Duration {
        didSet {
            limits = SeriesHistory.Limits(
                retention: retention,
                maximumSamples: limits.maximumSamples
            )
        }
    }
    /// The limit on series, those with delayed samples not counted: the caller limits them, so that
    /// they take no room from the others.
    package let maximumSeries: Int
    /// Samples rejected because they would have created a series beyond the limit.
    package private(set) var droppedSeriesTotal = 0
    /// Samples evicted within the retention because of `maximumSamplesPerSeries`.
    package internal(set) var evictedSamplesTotal = 0

    private(set) var index = SeriesIndex()
    private var version = SeriesVersion(describesMetrics: false)
    private var slots = SlotTable()
    private var freeSlots: [UInt32] = []

    // Arrays indexed by slot, one per field: the most frequent operation, reading the newest
    // sample, then touches only 20 bytes of memory.

    private var slotCapacity = 0
    /// nil if the slot is free.
    private(set) var labels: [Labels?] = []
    /// The number of earlier series in the slot.
    private(set) var generations: [UInt32] = []
    /// The time is `distantPast` if the series has no sample.
    var newest: [Sample] = []
    var histories: [SeriesHistory] = []
    var times = SharedTimes()
    private(set) var limits: SeriesHistory.Limits
    /// What was taken of each series; empty unless chunks are taken.
    var taken: [Taken] = []
    /// The slots of the series of which chunks were sealed since they were last taken.
    var sealedSlots: [UInt32] = []
    /// The slots of which the newest samples are to be taken too.
    var unsealedSlots: Range<Int> = 0..<0
    /// Whether sealed chunks are noted, to be taken.
    package internal(set) var notesSealedChunks = false
    /// How often all series were removed. Samples of two epochs are of different clocks, or were
    /// read from different clouds.
    package private(set) var epoch = 0
    /// Whether samples arrive late by nature.
    private var delayed: [Bool] = []
    private var delayedCount = 0
    /// Samples before this time are treated as gone, although a chunk that spans it still holds
    /// them.
    private(set) var horizon = Timestamp.distantPast + .milliseconds(1)

    /// Two weeks at an interval of 15 seconds.
    package static let usualSamplesPerSeries = 100_000

    /// How late samples of a delayed series may be.
    package static let longestDelay = Duration.seconds(600)

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

    package var seriesCount: Int { slots.count }
    package var sampleCount: Int { histories.reduce(0) { $0 + $1.sampleCount } }

    func isKnown(_ series: SeriesReference) -> Bool {
        series.number < generations.count
            && generations[series.number] == series.generation
    }
}

// MARK: - Appending

extension SeriesStore {
    /// Says that many series are about to have a sample at this time. Their times take little memory
    /// then.
    package mutating func beginPoll(at time: Timestamp) { times.append(time) }

    @discardableResult
    package mutating func append(
        _ labels: Labels,
        _ value: Double,
        at time: Timestamp
    ) -> AppendResult {
        // Checked before the series is created, which would otherwise be kept without a sample.
        guard time >= horizon else { return .tooOld }
        guard let series = reference(for: labels) else { return .seriesLimitReached }
        return append(to: series, value, at: time)
    }

    /// Like `append` with labels, and returns the reference of the series for the next time.
    ///
    /// - Parameter known: its reference as far as the caller knows it.
    package mutating func append(
        _ labels: Labels,
        _ value: Double,
        at time: Timestamp,
        expecting known: SeriesReference?
    ) -> (result: AppendResult, series: SeriesReference?) {
        if let known, isKnown(known), self.labels[known.number] == labels {
            return (append(to: known, value, at: time), known)
        }
        guard time >= horizon else { return (.tooOld, nil) }
        guard let series = reference(for: labels) else { return (.seriesLimitReached, nil) }
        return (append(to: series, value, at: time), series)
    }

    /// Like `append` with labels, but without looking up the series.
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
        let appended = histories[slot].append(sample, limits, times)
        evictedSamplesTotal += appended.evicted
        newest[slot] = sample
        if notesSealedChunks, appended.isSealed { noteSealed(slot) }
        return .appended
    }

    /// The reference of a series, which is created if it does not exist; nil at the series limit.
    ///
    /// A caller that appends to the same series in every cycle keeps the reference. If the store
    /// returns `unknownSeries`, the series was pruned and a new reference is needed.
    ///
    /// - Parameter isDelayed: whether the samples of a series that is created will arrive late, see
    ///   `currentSample`.
    package mutating func reference(
        for labels: Labels,
        isDelayed: Bool = false
    ) -> SeriesReference? {
        if let slot = slots.slot(of: labels, self.labels) {
            return SeriesReference(slot: slot, generation: generations[Int(slot)])
        }
        guard isDelayed || seriesCount - delayedCount < maximumSeries else {
            droppedSeriesTotal += 1
            return nil
        }
        let shared = index.sharingText(of: labels)
        let slot = freeSlots.popLast() ?? addSlot()
        self.labels[Int(slot)] = shared
        delayed[Int(slot)] = isDelayed
        if isDelayed { delayedCount += 1 }
        slots.insert(slot, self.labels)
        version = SeriesVersion(
            describesMetrics: version.describesMetrics || shared.hasTypeOrUnit
        )
        index.insert(shared, slot: slot)
        return SeriesReference(slot: slot, generation: generations[Int(slot)])
    }

    private mutating func addSlot() -> UInt32 {
        if labels.count == slotCapacity { reserveSlots() }
        labels.append(nil)
        generations.append(0)
        newest.append(SeriesStore.noSample)
        histories.append(SeriesHistory())
        if notesSealedChunks { taken.append(Taken()) }
        delayed.append(false)
        return UInt32(labels.count - 1)
    }

    /// Makes room for a quarter more: doubled, the arrays of a large store would be half empty.
    private mutating func reserveSlots() {
        slotCapacity = max(64, labels.count + labels.count / 4)
        labels.reserveCapacity(slotCapacity)
        generations.reserveCapacity(slotCapacity)
        newest.reserveCapacity(slotCapacity)
        histories.reserveCapacity(slotCapacity)
        if notesSealedChunks { taken.reserveCapacity(slotCapacity) }
        delayed.reserveCapacity(slotCapacity)
    }

    private static var noSample: Sample {
        Sample(timestamp: .distantPast, value: 0)
    }
}

// MARK: - Removing

extension SeriesStore {
    /// Removes all series but keeps the limits and counters.
    package mutating func removeAll() {
        var empty = SeriesStore(
            retention: retention,
            maximumSeries: maximumSeries,
            maximumSamplesPerSeries: limits.maximumSamples
        )
        empty.droppedSeriesTotal = droppedSeriesTotal
        empty.evictedSamplesTotal = evictedSamplesTotal
        empty.notesSealedChunks = notesSealedChunks
        empty.epoch = epoch + 1
        self = empty
    }

    /// Removes samples older than `time`, and series without any left.
    package mutating func prune(before time: Timestamp) {
        horizon = max(horizon, time)
        var dead: Set<UInt32> = []
        var firstPosition: Int?
        for slot in labels.indices where labels[slot] != nil {
            let position = histories[slot].removeChunks(before: horizon, times)
            if let position { firstPosition = min(firstPosition ?? position, position) }
            if newest[slot].timestamp < horizon { dead.insert(UInt32(slot)) }
        }
        if !dead.isEmpty { remove(dead) }
        times.remove(before: firstPosition)
    }

    /// Removes the series with these labels.
    package mutating func remove(where isUnwanted: (Labels) -> Bool) {
        let unwanted = labels.indices.filter { labels[$0].map(isUnwanted) ?? false }
        if !unwanted.isEmpty { remove(Set(unwanted.map { UInt32($0) })) }
    }

    /// Removes these series, as far as they still exist.
    package mutating func remove(_ series: some Sequence<SeriesReference>) {
        let known = Set(series.filter { isKnown($0) }.map(\.slot))
        if !known.isEmpty { remove(known) }
    }

    private mutating func remove(_ slots: Set<UInt32>) {
        version = SeriesVersion(describesMetrics: version.describesMetrics)
        index.remove(slots, labels: slots.compactMap { labels[Int($0)] })
        // Descending, so that the lowest slots are reused first, in the same order in every run.
        for slot in slots.sorted(by: >) {
            self.slots.remove(slot, labels)
            labels[Int(slot)] = nil
            if delayed[Int(slot)] { delayedCount -= 1 }
            delayed[Int(slot)] = false
            generations[Int(slot)] &+= 1
            newest[Int(slot)] = SeriesStore.noSample
            histories[Int(slot)] = SeriesHistory()
            if notesSealedChunks { taken[Int(slot)] = Taken() }
            freeSlots.append(slot)
        }
    }
}

// MARK: - Reading

extension SeriesStore {
    package var seriesVersion: SeriesVersion? { version }

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
            guard let earlier = histories.span[series.number].newestSample(through: through, times)
            else {
                return nil
            }
            candidate = earlier
        }
        let isCurrent = candidate.timestamp > after && candidate.timestamp >= horizon
        return isCurrent && !Staleness.isMarker(candidate.value) ? candidate : nil
    }

    package func currentSample(
        of series: SeriesReference,
        after: Timestamp,
        through: Timestamp
    ) -> Sample? {
        let isDelayed = isKnown(series) && delayed.span[series.number]
        return newestSample(
            of: series,
            after: isDelayed ? after - Self.longestDelay : after,
            through: through
        )
    }

    /// Whether the series existed at some time from `start` through `end`: its newest sample up to
    /// `end`, which may be a staleness marker, is not older than `start`.
    package func isActive(
        _ series: SeriesReference,
        from start: Timestamp,
        through end: Timestamp
    ) -> Bool {
        guard isKnown(series) else { return false }
        let last = newest[series.number]
        // A series without a sample never existed.
        guard last.timestamp > .distantPast else { return false }
        if last.timestamp <= end { return last.timestamp >= start }
        let earlier = histories.span[series.number].newestSample(through: end, times)
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

    /// The samples of a window including staleness markers, for exporting a series.
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
        histories.span[series.number].append(window, times, to: &buffer)
    }
}
