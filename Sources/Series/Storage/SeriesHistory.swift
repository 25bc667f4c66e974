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

        /// The number of uncompressed samples at which they are sealed into a chunk. A series has them
        /// only while it changes.
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

        /// Whether a chunk may take so many samples more, up to `last`.
        func allow(_ chunk: ChunkHeader, _ more: Int, last: Timestamp) -> Bool {
            let start = Timestamp(milliseconds: chunk.start)
            let count = chunk.form.count + more
            return count <= Limits.recentSamples
                || count <= Limits.samplesPerChunk
                    && last <= start.advanced(byMilliseconds: chunkMilliseconds)
        }
    }

    private(set) var sealed = SealedChunks()
    private(set) var recent: [Sample] = []

    var sampleCount: Int { sealed.sampleCount + recent.count }

    struct Appended {
        /// How many samples were evicted for `maximumSamples`, not counting those beyond the
        /// retention.
        var evicted = 0
        /// Whether samples were sealed that nobody was told of.
        var isSealed = false
    }

    /// Appends a sample, which must be newer than all others.
    mutating func append(
        _ sample: Sample,
        _ limits: Limits,
        _ times: borrowing SharedTimes
    ) -> Appended {
        if recent.isEmpty {
            if let sealed = seal(sample, limits, times) { return sealed }
            return keep(firstRecent: sample, times)
        }
        guard recent.count >= Limits.recentSamples else {
            recent.append(sample)
            return Appended()
        }
        seal(limits, times)
        recent.removeAll(keepingCapacity: true)
        if let sealed = seal(sample, limits, times) {
            // No memory for recent samples is kept: they may never come.
            recent = []
            let removed = removeOldest(newest: sample, limits, times)
            return Appended(evicted: removed.evicted + sealed.evicted, isSealed: true)
        }
        recent.append(sample)
        return removeOldest(newest: sample, limits, times)
    }

    /// Keeps a sample that the newest chunk does not foretell, which ends there.
    private mutating func keep(
        firstRecent sample: Sample,
        _ times: borrowing SharedTimes
    ) -> Appended {
        var appended = Appended()
        if sealed.sampleCount == 1 {
            // The first sample of a series is sealed because most series never change. This one did.
            sealed.append(.everything, times, to: &recent)
            sealed = SealedChunks()
        } else if let chunk = sealed.newestChunk(times) {
            appended.isSealed = chunk.form.count % Limits.recentSamples != 0
        }
        recent.append(sample)
        return appended
    }

    /// Seals a sample at once if that takes next to no memory: the first one of a series, and one
    /// that the newest chunk foretells. It must come right after the sealed ones.
    private mutating func seal(
        _ sample: Sample,
        _ limits: Limits,
        _ times: borrowing SharedTimes
    ) -> Appended? {
        guard let chunk = sealed.newestChunk(times) else {
            sealed.append([sample], position: times.position(of: [sample]))
            return Appended()
        }
        guard chunk.isContinued(by: sample, times) else { return nil }
        guard limits.allow(chunk, 1, last: sample.timestamp) else {
            // A time may be that of a poll by chance.
            let position = chunk.position == nil ? nil : times.position(of: [sample])
            sealed.append([sample], position: position)
            var appended = removeOldest(newest: sample, limits, times)
            appended.isSealed = chunk.form.count % Limits.recentSamples != 0
            return appended
        }
        sealed.extend(chunk, through: sample.timestamp)
        guard (chunk.form.count + 1) % Limits.recentSamples == 0 else { return Appended() }
        return removeOldest(newest: sample, limits, times)
    }

    private mutating func removeOldest(
        newest sample: Sample,
        _ limits: Limits,
        _ times: borrowing SharedTimes
    ) -> Appended {
        sealed.removeChunks(before: sample.timestamp - limits.retention, times)
        return Appended(evicted: evict(limits, times), isSealed: true)
    }

    private mutating func evict(_ limits: Limits, _ times: borrowing SharedTimes) -> Int {
        let excess = sampleCount - limits.maximumSamples
        return excess > 0 ? sealed.removeOldest(excess, times) : 0
    }

    /// The chunks with a sample after `time`.
    ///
    /// - Parameter unsealed: whether to return the recent samples as a chunk too.
    func chunks(
        after time: Timestamp,
        unsealed: Bool,
        _ times: borrowing SharedTimes
    ) -> [SealedChunk] {
        var chunks = sealed.chunks(after: time, times)
        if unsealed, let last = recent.last, last.timestamp > time {
            chunks.append(SealedChunk(recent))
        }
        return chunks
    }

    /// Puts back a chunk that begins after the last sample. Only a history without recent samples
    /// takes it.
    ///
    /// - Parameter samples: those of the chunk.
    /// - Returns: how many samples were evicted for `maximumSamples`; nil if it was not taken.
    mutating func restore(
        _ chunk: SealedChunk,
        _ samples: [Sample],
        _ limits: Limits,
        _ times: borrowing SharedTimes
    ) -> Int? {
        guard recent.isEmpty else { return nil }
        if let position = times.position(of: samples) {
            sealed.append(samples, position: position)
        } else {
            sealed.append(chunk)
        }
        return evict(limits, times)
    }

    /// Makes a chunk of the recent samples. They join the newest one if both have times of their
    /// own or all times are shared and consecutive.
    private mutating func seal(_ limits: Limits, _ times: borrowing SharedTimes) {
        let position = times.position(of: recent)
        guard let chunk = sealed.newestChunk(times),
            limits.allow(chunk, recent.count, last: recent[recent.count - 1].timestamp),
            chunk.position.map({ $0 + chunk.form.count }) == position
        else { return sealed.append(recent, position: position) }
        sealed.append(recent, joining: chunk, position: position, times)
    }

    /// Drops the chunks without a sample at or after `time`.
    ///
    /// - Returns: the lowest position of shared times in use; nil if none is.
    mutating func removeChunks(before time: Timestamp, _ times: borrowing SharedTimes) -> Int? {
        sealed.removeChunks(before: time, times)
        return sealed.firstPosition(times)
    }

    /// The newest sample at or before `time`, staleness markers included.
    func newestSample(through time: Timestamp, _ times: borrowing SharedTimes) -> Sample? {
        recent.last { $0.timestamp <= time }
            ?? sealed.newestSample(through: time.milliseconds, times)
    }

    /// Appends the samples of the window to `buffer`, oldest first.
    // Not inlined: the compiler would otherwise copy the history, and retain its memory, for each
    // read.
    @inline(never)
    borrowing func append(
        _ window: ChunkWindow,
        _ times: borrowing SharedTimes,
        to buffer: inout [Sample]
    ) {
        let recent = recent.span
        if recent.isEmpty || recent[0].timestamp.milliseconds > window.after {
            sealed.append(window, times, to: &buffer)
        }
        for index in recent.indices {
            let sample = recent[index]
            guard sample.timestamp.milliseconds > window.after else { continue }
            guard sample.timestamp.milliseconds <= window.through else { return }
            if window.takes(sample.value) { buffer.append(sample) }
        }
    }
}
