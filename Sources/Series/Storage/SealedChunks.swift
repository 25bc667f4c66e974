import Time

/// The older samples of one series, as consecutive compressed chunks in one block of memory.
///
/// A chunk is a header of six words (first time, last time, first value, two words of form,
/// smallest distance) followed by its other samples. One block rather than one allocation per chunk
/// keeps the overhead of short series small.
struct SealedChunks: Sendable {
    private(set) var words: [UInt64] = []
    private(set) var sampleCount = 0
    /// The word offset of the newest chunk.
    private var newest = 0

    static let headerWords = 6

    // MARK: Writing

    /// The number of samples and the start time of the newest chunk.
    var newestChunk: (count: Int, start: Timestamp)? {
        guard newest < words.count else { return nil }
        return (Self.count(words[newest + 3]), Timestamp(milliseconds: time(newest)))
    }

    /// Appends `samples`, which must not be empty, as a new chunk.
    mutating func append(_ samples: [Sample]) {
        let form = ChunkForm(for: samples)
        let packed = form.packed(samples)
        newest = words.count
        // Reserve exactly what is needed: most series stop growing once their history is full. Long
        // series grow by a quarter, otherwise every chunk would copy all earlier ones.
        let needed = words.count + Self.headerWords + packed.words.count
        if needed > words.capacity {
            words.reserveCapacity(needed > 4096 ? needed + needed / 4 : needed)
        }
        words.append(UInt64(bitPattern: samples[0].timestamp.milliseconds))
        words.append(UInt64(bitPattern: samples[samples.count - 1].timestamp.milliseconds))
        words.append(samples[0].value.bitPattern)
        words.append(form.word)
        words.append(UInt64(bitPattern: form.step))
        words.append(form.smallestDistance)
        words.append(contentsOf: packed.words)
        sampleCount += samples.count
    }

    /// Appends a chunk as it is. It must begin after the last sample.
    mutating func append(_ chunk: SealedChunk) {
        newest = words.count
        words.append(contentsOf: chunk.words)
        sampleCount += chunk.sampleCount
    }

    /// Removes the newest chunk and appends its samples to `samples`.
    mutating func removeNewestChunk(into samples: inout [Sample]) {
        guard newest < words.count else { return }
        let window = ChunkWindow(after: .min, through: .max, withMarkers: true)
        Self.append(window, at: newest, words.span, to: &samples)
        sampleCount -= Self.count(words[newest + 3])
        words.removeSubrange(newest...)
        // The caller always appends a larger chunk next, which sets `newest` again.
        newest = words.count
    }

    /// Drops the chunks without a sample at or after `time`.
    mutating func removeChunks(before time: Timestamp) {
        removeOldest { last, _ in last < time.milliseconds }
    }

    /// Drops the oldest chunks whose samples together number at most `excess`. Returns the number
    /// of dropped samples.
    mutating func removeOldest(_ excess: Int) -> Int {
        var removed = 0
        removeOldest { _, count in
            guard removed + count <= excess else { return false }
            removed += count
            return true
        }
        return removed
    }

    private mutating func removeOldest(while isUnwanted: (_ last: Int64, _ count: Int) -> Bool) {
        var end = 0
        while end < words.count {
            let count = Self.count(words[end + 3])
            guard isUnwanted(time(end + 1), count) else { break }
            sampleCount -= count
            end = Self.end(ofChunkAt: end, words.span)
        }
        guard end > 0 else { return }
        words.removeFirst(end)
        newest = max(0, newest - end)
    }

    // MARK: Reading

    private func time(_ index: Int) -> Int64 { Int64(bitPattern: words[index]) }

    private static func count(_ form: UInt64) -> Int { Int(form & 0xffff) }

    @inline(always)
    private static func end(ofChunkAt start: Int, _ words: borrowing Span<UInt64>) -> Int {
        start + headerWords + ChunkForm.wordCount(ofForm: words[start + 3])
    }

    /// The newest sample at or before `time`.
    func newestSample(through time: Int64) -> Sample? {
        let words = words.span
        var (start, found) = (0, -1)
        while start < words.count, Int64(bitPattern: words[start]) <= time {
            found = start
            start = Self.end(ofChunkAt: start, words)
        }
        guard found >= 0 else { return nil }
        return Self.reader(ofChunkAt: found, words).newestSample(through: time, words)
    }

    /// The chunks with a sample after `time`.
    func chunks(after time: Timestamp) -> [SealedChunk] {
        var found: [SealedChunk] = []
        var start = 0
        while start < words.count {
            let end = Self.end(ofChunkAt: start, words.span)
            if self.time(start + 1) > time.milliseconds {
                found.append(SealedChunk(trusted: Array(words[start..<end])))
            }
            start = end
        }
        return found
    }

    func append(_ window: ChunkWindow, to buffer: inout [Sample]) {
        let words = words.span
        var start = 0
        while start < words.count, Int64(bitPattern: words[start]) <= window.through {
            if Int64(bitPattern: words[start + 1]) > window.after {
                Self.append(window, at: start, words, to: &buffer)
            }
            start = Self.end(ofChunkAt: start, words)
        }
    }

    static func append(
        _ window: ChunkWindow,
        at start: Int,
        _ words: borrowing Span<UInt64>,
        to buffer: inout [Sample]
    ) {
        reader(ofChunkAt: start, words).append(window, words, to: &buffer)
    }

    @inline(always)
    private static func reader(
        ofChunkAt start: Int,
        _ words: borrowing Span<UInt64>
    ) -> ChunkReader {
        let form = ChunkForm(
            word: words[start + 3],
            step: Int64(bitPattern: words[start + 4]),
            smallestDistance: words[start + 5]
        )
        let first = Sample(
            timestamp: Timestamp(milliseconds: Int64(bitPattern: words[start])),
            value: Double(bitPattern: words[start + 2])
        )
        return ChunkReader(form, first: first, bitsBeginAt: (start + headerWords) * 64)
    }
}
