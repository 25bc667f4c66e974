import Time

/// The older samples of one series, in chunks one behind the other in one piece of memory.
///
/// A chunk is a header of six words (first time, last time, first value, two words of form, smallest
/// distance) and its samples after the first.
struct SealedChunks: Sendable {
    private var words: [UInt64] = []
    private(set) var sampleCount = 0
    /// Where the newest chunk begins.
    private var newest = 0

    private static let headerWords = 6

    // MARK: Writing

    /// How many samples the newest chunk has, and since when.
    var newestChunk: (count: Int, start: Timestamp)? {
        guard newest < words.count else { return nil }
        return (Self.count(words[newest + 3]), Timestamp(milliseconds: time(newest)))
    }

    /// Writes `samples`, of which there must be one at least, as a new chunk.
    mutating func append(_ samples: [Sample]) {
        let form = ChunkForm(for: samples)
        let packed = form.packed(samples)
        newest = words.count
        // To the word, because most series do not grow any more once their history is full; long
        // ones by shares, or every chunk would copy all that came before.
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

    /// Takes the newest chunk out and appends its samples to `samples`.
    mutating func removeNewestChunk(into samples: inout [Sample]) {
        guard newest < words.count else { return }
        let window = ChunkWindow(after: .min, through: .max, withMarkers: true)
        Self.append(window, at: newest, words.span, to: &samples)
        sampleCount -= Self.count(words[newest + 3])
        words.removeSubrange(newest...)
        // Whoever takes a chunk out puts a larger one in its place.
        newest = words.count
    }

    /// Drops the chunks that have nothing at or after `time`.
    mutating func removeChunks(before time: Timestamp) {
        removeOldest { last, _ in last < time.milliseconds }
    }

    /// Drops the oldest chunks as long as that is no more than `excess` samples. Returns how many
    /// samples went.
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

    var wordCapacity: Int { words.capacity }

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

    private static func append(
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
