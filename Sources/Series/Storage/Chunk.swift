/// Successive samples of one series, compressed and no longer changing.
struct Chunk: Sendable {
    let first: Sample
    let last: Timestamp
    let count: Int
    /// All samples but the first.
    let words: [UInt64]

    func decoder() -> ChunkDecoder {
        ChunkDecoder(first: first, count: count, words: words)
    }
}

/// The chunk that a series is writing to.
struct OpenChunk: Sendable {
    private(set) var first: Sample
    private(set) var count = 1
    private var times: TimeCode
    private var values: ValueCode
    private var bits = BitBuffer()

    var last: Timestamp { times.latest }

    init(first: Sample) {
        self.first = first
        times = TimeCode(first: first.timestamp)
        values = ValueCode(first: first.value)
    }

    /// `sample` must be newer than the last.
    mutating func append(_ sample: Sample) {
        times.encode(sample.timestamp, into: &bits)
        values.encode(sample.value, into: &bits)
        count += 1
    }

    /// Hands over what is written so far and starts again with `sample`, in the same memory.
    mutating func seal(startingAnewWith sample: Sample) -> Chunk {
        let sealed = Chunk(first: first, last: last, count: count, words: bits.exactWords)
        bits.removeAll()
        (first, count) = (sample, 1)
        times = TimeCode(first: sample.timestamp)
        values = ValueCode(first: sample.value)
        return sealed
    }

    func decoder() -> ChunkDecoder {
        ChunkDecoder(first: first, count: count, words: bits.fullWords, tail: bits.tail)
    }

    var wordCapacity: Int { bits.fullWords.capacity }
}

/// Samples of one value at equal distances; often a single one.
struct SampleRun {
    let first: Int64
    let distance: Int64
    let count: Int
    let value: Double

    var last: Int64 { first &+ distance &* Int64(count - 1) }

    /// How many of them are at or before `time`.
    func count(through time: Int64) -> Int {
        guard time >= first else { return 0 }
        guard time < last else { return count }
        // Between two ends that fit: only the distance may be too large for a signed integer.
        return Int(UInt64(bitPattern: time &- first) / UInt64(distance)) + 1
    }

    func sample(_ index: Int) -> Sample {
        let time = first &+ distance &* Int64(index)
        return Sample(timestamp: Timestamp(milliseconds: time), value: value)
    }
}

/// Yields the samples of one chunk, oldest first.
struct ChunkDecoder {
    private let first: Sample
    private var remaining: Int
    private var times: TimeCode
    private var values: ValueCode
    private var bits: BitReader
    private var isAtFirst = true

    init(first: Sample, count: Int, words: [UInt64], tail: UInt64 = 0) {
        self.first = first
        remaining = count
        times = TimeCode(first: first.timestamp)
        values = ValueCode(first: first.value)
        bits = BitReader(words: words, tail: tail)
    }

    /// A sample that is like the one before, at the same distance, is two zero bits; so a steady
    /// series is read a word at a time.
    mutating func next() -> SampleRun? {
        guard remaining > 0 else { return nil }
        guard !isAtFirst else {
            isAtFirst = false
            remaining -= 1
            return run(of: 1, from: first.timestamp)
        }
        let steady = min(bits.zeroPairCount, remaining)
        guard steady == 0 else {
            bits.skip(steady * 2)
            remaining -= steady
            return run(of: steady, from: times.advance(by: steady))
        }
        remaining -= 1
        let time = times.decode(from: &bits)
        values.decode(from: &bits)
        return run(of: 1, from: time)
    }

    private func run(of count: Int, from first: Timestamp) -> SampleRun {
        SampleRun(
            first: first.milliseconds,
            distance: times.distance,
            count: count,
            value: values.latest
        )
    }
}
