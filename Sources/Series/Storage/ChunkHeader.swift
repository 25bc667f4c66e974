import Time

/// The header of a chunk in the block of its series:
///
///     form, first value [, first time, last time, smallest distance] [, smallest step]
///
/// The times are missing if they are shared, the step if it is zero: most chunks have two words.
struct ChunkHeader {
    let form: ChunkForm
    let firstValue: UInt64
    /// In milliseconds.
    let start: Int64
    let last: Int64
    /// The position of the first of the shared times; nil if the chunk has its own.
    let position: Int?
    /// The offset of the first word after the header.
    let payload: Int
    /// The offset of the first word after the chunk.
    let end: Int

    private static let isShared: UInt64 = 1 << 40
    private static let hasStep: UInt64 = 1 << 41
    private static let positionShift = UInt64(42)

    @inline(always)
    init(_ words: borrowing Span<UInt64>, at offset: Int, _ times: borrowing SharedTimes) {
        let word = words[offset]
        firstValue = words[offset + 1]
        var next = offset + 2
        let smallestDistance: UInt64
        if word & Self.isShared != 0 {
            let position = times.position(ofBits: Int(word >> Self.positionShift))
            self.position = position
            start = times[position]
            last = times[position + Int(word & 0xffff) - 1]
            smallestDistance = 0
        } else {
            position = nil
            start = Int64(bitPattern: words[next])
            last = Int64(bitPattern: words[next + 1])
            smallestDistance = words[next + 2]
            next += 3
        }
        var step: Int64 = 0
        if word & Self.hasStep != 0 {
            step = Int64(bitPattern: words[next])
            next += 1
        }
        form = ChunkForm(word: word, step: step, smallestDistance: smallestDistance)
        payload = next
        end = next + ChunkForm.wordCount(ofForm: word)
    }

    /// The words of a header. The times are those of the samples unless they are shared.
    static func words(
        _ form: ChunkForm,
        firstValue: UInt64,
        position: Int?,
        start: Int64,
        last: Int64
    ) -> [UInt64] {
        var word = form.word
        if form.step != 0 { word |= hasStep }
        var words: [UInt64]
        if let position {
            word |= isShared | UInt64(SharedTimes.bits(of: position)) << positionShift
            words = [word, firstValue]
        } else {
            words = [
                word, firstValue, UInt64(bitPattern: start), UInt64(bitPattern: last),
                form.smallestDistance,
            ]
        }
        if form.step != 0 { words.append(UInt64(bitPattern: form.step)) }
        return words
    }

    /// The offsets within a header without a position.
    static let lastTimeOffset = 3
    static let distanceOffset = 4

    /// Whether a sample is what the chunk foretells, see `ChunkForm.foretellsSamples`.
    func isContinued(by sample: Sample, _ times: borrowing SharedTimes) -> Bool {
        guard form.foretellsSamples else { return false }
        if let position {
            guard times.has(sample.timestamp, at: position + form.count) else { return false }
        } else {
            // The second sample decides on the distance.
            let distance = sample.timestamp.milliseconds &- last
            guard form.count == 1 || UInt64(bitPattern: distance) == form.smallestDistance else {
                return false
            }
        }
        guard case .decimal(let exponent, let step) = form.values, step != 0 else {
            return sample.value.bitPattern == firstValue
        }
        let first = Decimal.number(Double(bitPattern: firstValue), exponent)
        return Decimal.isMultiple(sample.value, exponent)
            && Decimal.number(sample.value, exponent) == first + step * Int64(form.count)
    }

    /// The chunk as a value, with times of its own.
    func chunk(_ words: borrowing Span<UInt64>, _ times: borrowing SharedTimes) -> SealedChunk {
        var (form, rest) = (form, PackedBits())
        if let position {
            let own = (0..<form.count).map { times[position + $0] }
            form = form.withTimes(own)
            for (before, after) in zip(own, own.dropFirst()) {
                let excess = UInt64(bitPattern: after &- before) - form.smallestDistance
                rest.append(excess, width: form.distanceWidth)
            }
        }
        let width = position == nil ? form.distanceWidth + form.valueWidth : form.valueWidth
        rest.append(words, from: payload * 64, count: width * (form.count - 1))
        return SealedChunk(form, firstValue: firstValue, start: start, last: last, rest.words)
    }

    var reader: ChunkReader {
        ChunkReader(
            form,
            firstTime: start,
            firstValue: Double(bitPattern: firstValue),
            position: position,
            bitsBeginAt: payload * 64
        )
    }
}
