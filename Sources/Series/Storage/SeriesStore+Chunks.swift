package import Time

/// A chunk with the series that it belongs to.
package struct SeriesChunk: Hashable, Sendable {
    package let labels: Labels
    package let chunk: SealedChunk
    /// The samples up to this time were taken before.
    package let after: Timestamp

    package init(labels: Labels, chunk: SealedChunk, after: Timestamp = .distantPast) {
        self.labels = labels
        self.chunk = chunk
        self.after = after
    }
}

extension SeriesStore {
    /// What was taken of a series.
    struct Taken: Sendable {
        var through = Timestamp.distantPast
        /// Whether its slot is among `sealedSlots`.
        var isNoted = false
    }

    /// From now on sealed chunks are noted, to be taken.
    package mutating func noteSealedChunks() {
        notesSealedChunks = true
        taken = Array(repeating: Taken(), count: labels.count)
    }

    mutating func noteSealed(_ slot: Int) {
        guard !taken[slot].isNoted else { return }
        taken[slot].isNoted = true
        sealedSlots.append(UInt32(slot))
    }

    /// Lets the next calls of `takeChunks` return the newest samples of all series too, although
    /// they are not sealed yet.
    package mutating func noteUnsealedChunks() {
        // A round that takes longer than the interval goes on: the last series get their turn too.
        if notesSealedChunks, unsealedSlots.isEmpty { unsealedSlots = labels.indices }
    }

    /// The chunks that were sealed, or that grew, since they were last taken, of so many series at
    /// most. The rest stays noted. A chunk that has grown, or that was not sealed, is replaced by the
    /// one that has the same samples and more.
    package mutating func takeChunks(ofSeries maximumCount: Int) -> [SeriesChunk] {
        guard !sealedSlots.isEmpty || !unsealedSlots.isEmpty else { return [] }
        // Half of the turns at least for each kind.
        let others = min(unsealedSlots.count, maximumCount / 2)
        let slots = sealedSlots.prefix(maximumCount - others)
        var chunks: [SeriesChunk] = []
        for slot in slots {
            taken[Int(slot)].isNoted = false
            take(Int(slot), unsealed: false, &chunks)
        }
        sealedSlots.removeFirst(slots.count)
        let further = unsealedSlots.prefix(maximumCount - slots.count)
        for slot in further { take(slot, unsealed: true, &chunks) }
        unsealedSlots.removeFirst(further.count)
        return chunks
    }

    /// All that was not taken yet, the newest samples included: for the end of the process.
    package mutating func takeAllChunks() -> [SeriesChunk] {
        guard notesSealedChunks else { return [] }
        var chunks: [SeriesChunk] = []
        for slot in labels.indices { take(slot, unsealed: true, &chunks) }
        return chunks
    }

    private mutating func take(_ slot: Int, unsealed: Bool, _ chunks: inout [SeriesChunk]) {
        let after = taken[slot].through
        // A removed series has none.
        guard let labels = labels[slot], newest[slot].timestamp > after else { return }
        let found = histories[slot].chunks(after: after, unsealed: unsealed, times)
        guard let last = found.last else { return }
        taken[slot].through = last.last
        chunks += found.map { SeriesChunk(labels: labels, chunk: $0, after: after) }
    }
}

// MARK: - Restoring

extension SeriesStore {
    /// Puts back the chunks of a series that an earlier process took, oldest first, as far as they
    /// are older than `time`, and ends the series right after the last of their samples: nobody
    /// looked from there on, and the last value must not count as current meanwhile. Samples that
    /// are not newer than those before are dropped.
    ///
    /// - Returns: how many samples were put back.
    @discardableResult
    package mutating func restore(
        _ chunks: [SealedChunk],
        of labels: Labels,
        before time: Timestamp
    ) -> Int {
        let end = time.advanced(byMilliseconds: -1)
        let known = chunks.filter { $0.last < end }
        guard !known.isEmpty, let series = reference(for: labels) else { return 0 }
        let samples = known.map(\.samples)
        let ends = known.last.map { [$0.last + Self.tick] } ?? []
        times.addEarlier(samples.joined().map(\.timestamp) + ends)
        let count = zip(known, samples).reduce(0) { $0 + restore($1.0, $1.1, to: series) }
        if count > 0, !Staleness.isMarker(newest[series.number].value) {
            append(to: series, Staleness.marker, at: newest[series.number].timestamp + Self.tick)
        }
        return count
    }

    /// Between the last sample of a series and the marker that ends it.
    private static let tick = Duration.milliseconds(1)

    private mutating func restore(
        _ chunk: SealedChunk,
        _ samples: [Sample],
        to series: SeriesReference
    ) -> Int {
        let slot = series.number
        guard let last = samples.last, chunk.last >= horizon else { return 0 }
        defer { noteTaken(slot, through: chunk.last) }
        if chunk.start > newest[slot].timestamp,
            let evicted = histories[slot].restore(chunk, samples, limits, times)
        {
            evictedSamplesTotal += evicted
            newest[slot] = last
            return samples.count
        }
        return samples.count { append(to: series, $0.value, at: $0.timestamp) == .appended }
    }

    private mutating func noteTaken(_ slot: Int, through time: Timestamp) {
        guard notesSealedChunks else { return }
        taken[slot].through = max(taken[slot].through, time)
    }
}
