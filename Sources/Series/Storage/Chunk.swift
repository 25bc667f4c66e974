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

/// Yields the samples of one chunk, oldest first.
struct ChunkDecoder: IteratorProtocol {
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

    mutating func next() -> Sample? {
        guard remaining > 0 else { return nil }
        remaining -= 1
        guard !isAtFirst else {
            isAtFirst = false
            return first
        }
        let timestamp = times.decode(from: &bits)
        return Sample(timestamp: timestamp, value: values.decode(from: &bits))
    }
}
