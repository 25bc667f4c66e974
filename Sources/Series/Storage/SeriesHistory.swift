/// What a series keeps: chunks in order of time, the last of them open.
struct SeriesHistory: Sendable {
    /// When a chunk is closed. Whole chunks are dropped from the far end, so their size is also
    /// by how much a series may exceed its limits.
    struct Limits: Sendable {
        let retention: Duration
        let maximumSamples: Int
        /// How long one chunk may last.
        private let chunkMilliseconds: Int64

        init(retention: Duration, maximumSamples: Int) {
            self.retention = retention
            self.maximumSamples = maximumSamples
            // Computed here because dividing a Duration costs more than appending a sample.
            chunkMilliseconds = retention.wholeMilliseconds / 4
        }

        static let samplesPerChunk = 120
        /// A chunk of fewer costs more in bookkeeping than its samples do.
        static let minimumSamplesPerChunk = 16

        /// Whether a chunk with so many samples since `start` takes no more of them.
        func closes(count: Int, start: Timestamp, before time: Timestamp) -> Bool {
            if count >= Limits.samplesPerChunk { return true }
            guard count >= Limits.minimumSamplesPerChunk else { return false }
            return time > start.advanced(byMilliseconds: chunkMilliseconds)
        }
    }

    private var closed: [Chunk] = []
    private var open: OpenChunk?

    var sampleCount: Int {
        closed.reduce(open?.count ?? 0) { $0 + $1.count }
    }

    /// `sample` must be newer than the newest. Returns how many samples had to go for
    /// `maximumSamples`; those past the retention are not counted.
    mutating func append(_ sample: Sample, _ limits: Limits) -> Int {
        // In place throughout: moving the chunk out and back would copy its bits.
        guard let count = open?.count, let start = open?.first.timestamp else {
            open = OpenChunk(first: sample)
            return 0
        }
        guard limits.closes(count: count, start: start, before: sample.timestamp),
            let chunk = open?.seal(startingAnewWith: sample)
        else {
            open?.append(sample)
            return 0
        }
        closed.append(chunk)
        removeChunks(before: sample.timestamp - limits.retention)
        return evict(downTo: limits.maximumSamples)
    }

    /// Drops the closed chunks that have nothing at or after `time`.
    mutating func removeChunks(before time: Timestamp) {
        let expired = closed.prefix { $0.last < time }.count
        if expired > 0 { closed.removeFirst(expired) }
    }

    private mutating func evict(downTo maximum: Int) -> Int {
        var evicted = 0
        var excess = sampleCount - maximum
        while excess > 0, let oldest = closed.first {
            closed.removeFirst()
            excess -= oldest.count
            evicted += oldest.count
        }
        return evicted
    }

    /// The newest sample at or before `time`, staleness markers included.
    func newestSample(through time: Timestamp) -> Sample? {
        guard var decoder = decoder(ofChunkAt: time) else { return nil }
        var newest: Sample?
        while let run = decoder.next() {
            let count = run.count(through: time.milliseconds)
            guard count > 0 else { break }
            newest = run.sample(count - 1)
        }
        return newest
    }

    private func decoder(ofChunkAt time: Timestamp) -> ChunkDecoder? {
        if let open, open.first.timestamp <= time { return open.decoder() }
        return closed.last { $0.first.timestamp <= time }?.decoder()
    }

    /// Calls `body` with every sample in (after, through], oldest first.
    func forEachSample(
        after: Timestamp,
        through: Timestamp,
        _ body: (Sample) -> Void
    ) {
        let start = closed.firstIndex { $0.last > after } ?? closed.endIndex
        for chunk in closed[start...] where chunk.first.timestamp <= through {
            var decoder = chunk.decoder()
            decoder.forEach(after: after, through: through, body)
        }
        guard let open, open.last > after, open.first.timestamp <= through else { return }
        var decoder = open.decoder()
        decoder.forEach(after: after, through: through, body)
    }

    /// An estimate of the memory behind this value, in bytes.
    var heapBytes: Int {
        let header = 32
        let words = closed.reduce(open?.wordCapacity ?? 0) { $0 + $1.words.capacity }
        let blocks = closed.count + (closed.isEmpty ? 0 : 1) + (open == nil ? 0 : 1)
        return words * 8 + closed.capacity * MemoryLayout<Chunk>.stride + blocks * header
    }
}

extension ChunkDecoder {
    fileprivate mutating func forEach(
        after: Timestamp,
        through: Timestamp,
        _ body: (Sample) -> Void
    ) {
        while let run = next() {
            let end = run.count(through: through.milliseconds)
            guard end > 0 else { return }
            var index = run.count(through: after.milliseconds)
            while index < end {
                body(run.sample(index))
                index += 1
            }
        }
    }
}
