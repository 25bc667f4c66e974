import Time

/// The samples of one series: the newest uncompressed, because most queries read only these, and
/// older ones compressed.
struct SeriesHistory: Sendable {
    /// How samples are divided into chunks. Only whole chunks are dropped, so the chunk size is
    /// also how far a series may exceed its limits.
    struct Limits: Sendable {
        let retention: Duration
        let maximumSamples: Int
        /// The maximum time span of one chunk.
        private let chunkMilliseconds: Int64

        /// The number of uncompressed samples at which they are sealed into a chunk. They are a third
        /// of the memory of a series of an hour.
        static let recentSamples = 8
        /// A trade-off: a window that begins inside a chunk decodes the part before it for nothing,
        /// but each chunk costs a header.
        static let samplesPerChunk = 64

        init(retention: Duration, maximumSamples: Int) {
            self.retention = retention
            self.maximumSamples = maximumSamples
            // Computed once: dividing a `Duration` costs more than appending a sample.
            chunkMilliseconds = retention.wholeMilliseconds / 4
        }

        /// Whether recent samples up to `last` may be merged into a chunk with `count` samples
        /// since `start`.
        func joins(count: Int, start: Timestamp, last: Timestamp) -> Bool {
            count + Limits.recentSamples <= Limits.samplesPerChunk
                && last <= start.advanced(byMilliseconds: chunkMilliseconds)
        }
    }

    private var sealed = SealedChunks()
    private var recent: [Sample] = []

    var sampleCount: Int { sealed.sampleCount + recent.count }

    /// Appends a sample, which must be newer than all others. Returns how many samples were evicted
    /// for `maximumSamples`, not counting those beyond the retention.
    mutating func append(_ sample: Sample, _ limits: Limits) -> Int {
        guard recent.count >= Limits.recentSamples else {
            recent.append(sample)
            return 0
        }
        seal(limits)
        recent.append(sample)
        removeChunks(before: sample.timestamp - limits.retention)
        let excess = sampleCount - limits.maximumSamples
        return excess > 0 ? sealed.removeOldest(excess) : 0
    }

    /// Whether the last append sealed the samples before it.
    var hasJustSealed: Bool { recent.count == 1 && sealed.sampleCount > 0 }

    /// The chunks with a sample after `time`.
    ///
    /// - Parameter unsealed: whether to return the recent samples as a chunk too.
    func chunks(after time: Timestamp, unsealed: Bool) -> [SealedChunk] {
        var chunks = sealed.chunks(after: time)
        if unsealed, let last = recent.last, last.timestamp > time {
            chunks.append(SealedChunk(recent))
        }
        return chunks
    }

    /// Puts back a chunk that begins after the last sample. Only a history without recent samples
    /// takes it.
    ///
    /// - Returns: how many samples were evicted for `maximumSamples`; nil if it was not taken.
    mutating func restore(_ chunk: SealedChunk, _ limits: Limits) -> Int? {
        guard recent.isEmpty else { return nil }
        sealed.append(chunk)
        let excess = sampleCount - limits.maximumSamples
        return excess > 0 ? sealed.removeOldest(excess) : 0
    }

    private mutating func seal(_ limits: Limits) {
        let last = recent[recent.count - 1].timestamp
        if let chunk = sealed.newestChunk,
            limits.joins(count: chunk.count, start: chunk.start, last: last)
        {
            var samples: [Sample] = []
            samples.reserveCapacity(Limits.samplesPerChunk)
            sealed.removeNewestChunk(into: &samples)
            sealed.append(samples + recent)
        } else {
            sealed.append(recent)
        }
        recent.removeAll(keepingCapacity: true)
    }

    /// Drops the chunks without a sample at or after `time`.
    mutating func removeChunks(before time: Timestamp) {
        sealed.removeChunks(before: time)
    }

    /// The newest sample at or before `time`, staleness markers included.
    func newestSample(through time: Timestamp) -> Sample? {
        recent.last { $0.timestamp <= time } ?? sealed.newestSample(through: time.milliseconds)
    }

    /// Appends the samples of the window to `buffer`, oldest first.
    // Not inlined: the compiler would otherwise copy the history, and retain its memory, for each
    // read.
    @inline(never)
    borrowing func append(_ window: ChunkWindow, to buffer: inout [Sample]) {
        let recent = recent.span
        if recent.isEmpty || recent[0].timestamp.milliseconds > window.after {
            sealed.append(window, to: &buffer)
        }
        for index in recent.indices {
            let sample = recent[index]
            guard sample.timestamp.milliseconds > window.after else { continue }
            guard sample.timestamp.milliseconds <= window.through else { return }
            if window.takes(sample.value) { buffer.append(sample) }
        }
    }
}
