package import Time

/// A chunk with the series that it belongs to.
package struct SeriesChunk: Hashable, Sendable {
    package let labels: Labels
    package let chunk: SealedChunk
    /// The samples up to this time were taken before.
    package let after: Timestamp
    /// See `SeriesStore.epoch`.
    package let epoch: Int

    package init(
        labels: Labels,
        chunk: SealedChunk,
        after: Timestamp = .distantPast,
        epoch: Int = 0
    ) {
        self.labels = labels
        self.chunk = chunk
        self.after = after
        self.epoch = epoch
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

    /// The chunks that were sealed, or that grew, since they were last taken, of so many series at
    /// most. The rest stays noted. A chunk that has grown replaces the one that began with it.
    package mutating func takeSealedChunks(ofSeries maximumCount: Int) -> [SeriesChunk] {
        guard !sealedSlots.isEmpty else { return [] }
        let slots = sealedSlots.prefix(maximumCount)
        var chunks: [SeriesChunk] = []
        chunks.reserveCapacity(slots.count)
        for slot in slots {
            taken[Int(slot)].isNoted = false
            take(Int(slot), unsealed: false, &chunks)
        }
        sealedSlots.removeFirst(slots.count)
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
        // A removed series has none.
        guard let labels = labels[slot] else { return }
        let after = taken[slot].through
        let found = histories[slot].chunks(after: after, unsealed: unsealed)
        guard let last = found.last else { return }
        taken[slot].through = last.last
        chunks += found.map {
            SeriesChunk(labels: labels, chunk: $0, after: after, epoch: epoch)
        }
    }
}

// MARK: - Restoring

extension SeriesStore {
    /// Puts back a chunk that an earlier process took. Of each series the oldest chunk comes first,
    /// before any sample of this process. Samples that are not newer than those before are dropped.
    ///
    /// - Returns: how many samples were put back.
    @discardableResult
    package mutating func restore(_ restored: SeriesChunk) -> Int {
        guard let series = reference(for: restored.labels) else { return 0 }
        let (slot, chunk) = (series.number, restored.chunk)
        let samples = chunk.samples
        guard let last = samples.last else { return 0 }
        if chunk.start > newest[slot].timestamp,
            let evicted = histories[slot].restore(chunk, limits)
        {
            evictedSamplesTotal += evicted
            newest[slot] = last
            noteTaken(slot, through: chunk.last)
            return samples.count
        }
        let added = samples.count { append(to: series, $0.value, at: $0.timestamp) == .appended }
        noteTaken(slot, through: chunk.last)
        return added
    }

    private mutating func noteTaken(_ slot: Int, through time: Timestamp) {
        guard notesSealedChunks else { return }
        taken[slot].through = max(taken[slot].through, time)
    }

    /// Ends every restored series right after its last sample: from there on until its next sample
    /// nobody looked, and the last value must not count as current meanwhile.
    package mutating func endRestoredSeries() {
        for slot in labels.indices where labels[slot] != nil {
            let last = newest[slot]
            guard last.timestamp > .distantPast, !Staleness.isMarker(last.value) else { continue }
            let series = SeriesReference(slot: UInt32(slot), generation: generations[slot])
            append(to: series, Staleness.marker, at: last.timestamp + .milliseconds(1))
        }
    }
}
