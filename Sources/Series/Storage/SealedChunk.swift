package import Time

/// One compressed chunk of one series as a value, in the form in which the store holds it. Whatever
/// bytes it was made from, reading it neither fails nor traps: a chunk that was not made here is
/// decoded once with every step checked.
package struct SealedChunk: Hashable, Sendable {
    /// First time, last time, first value, two words of form and the smallest distance, then the
    /// other samples.
    let words: [UInt64]

    static let headerWords = 6

    /// The most samples that a chunk from outside may have. So few bytes cannot claim more, and
    /// sums of their steps cannot overflow.
    static let maximumSamples = 256

    /// - Precondition: `words` are a chunk.
    init(trusted words: [UInt64]) {
        self.words = words
    }

    /// - Precondition: `samples` are not empty, and in order of time.
    package init(_ samples: [Sample]) {
        let form = ChunkForm(for: samples)
        self.init(
            form,
            firstValue: samples[0].value.bitPattern,
            start: samples[0].timestamp.milliseconds,
            last: samples[samples.count - 1].timestamp.milliseconds,
            form.packed(samples).words
        )
    }

    /// - Parameters:
    ///   - start: the time of the first sample in milliseconds; `last`, that of the last.
    ///   - payload: the other samples.
    /// - Precondition: all belong together.
    init(
        _ form: ChunkForm,
        firstValue: UInt64,
        start: Int64,
        last: Int64,
        _ payload: some Collection<UInt64>
    ) {
        words =
            [
                UInt64(bitPattern: start), UInt64(bitPattern: last), firstValue, form.word,
                UInt64(bitPattern: form.step), form.smallestDistance,
            ] + payload
    }

    package var start: Timestamp { Timestamp(milliseconds: Int64(bitPattern: words[0])) }
    package var last: Timestamp { Timestamp(milliseconds: Int64(bitPattern: words[1])) }
    package var sampleCount: Int { Int(words[3] & 0xffff) }
    /// In memory.
    package var byteCount: Int { words.count * 8 }

    /// Oldest first, with staleness markers.
    package var samples: [Sample] {
        var samples: [Sample] = []
        samples.reserveCapacity(sampleCount)
        let reader = ChunkReader(
            form,
            firstTime: start.milliseconds,
            firstValue: Double(bitPattern: firstValue),
            position: nil,
            bitsBeginAt: Self.headerWords * 64
        )
        reader.append(.everything, words.span, SharedTimes(), to: &samples)
        return samples
    }

    /// The value of every sample; nil if they differ.
    package var constantValue: Double? {
        let form = form
        guard form.valueWidth == 0, form.step == 0 else { return nil }
        return Double(bitPattern: firstValue)
    }

    /// Whether both have samples at the same times. false may also mean that they are encoded in
    /// another way.
    package func hasTimes(of other: SealedChunk) -> Bool {
        let form = form
        guard words[0] == other.words[0], words[5] == other.words[5],
            sampleCount == other.sampleCount, form.distanceWidth == other.form.distanceWidth
        else { return false }
        let (whole, rest) = (form.distanceWidth * (form.count - 1)).quotientAndRemainder(
            dividingBy: 64
        )
        let end = Self.headerWords + whole
        guard words[Self.headerWords..<end] == other.words[Self.headerWords..<end]
        else { return false }
        // The values follow within the same word.
        return rest == 0 || (words[end] ^ other.words[end]) >> UInt64(64 - rest) == 0
    }

    var firstValue: UInt64 { words[2] }

    /// The other samples.
    var payload: ArraySlice<UInt64> { words[Self.headerWords...] }

    var form: ChunkForm {
        ChunkForm(
            word: words[3],
            step: Int64(bitPattern: words[4]),
            smallestDistance: words[5]
        )
    }

    /// The same samples in chunks of which none contains a multiple of `period` after its start.
    package func divided(by period: Duration) -> [SealedChunk] {
        let length = period.wholeMilliseconds
        func place(_ time: Timestamp) -> Int64 {
            time.milliseconds.flooredDivision(by: length).quotient
        }
        guard place(start) != place(last) else { return [self] }
        var parts: [[Sample]] = []
        for sample in samples {
            if let first = parts.last?.first, place(first.timestamp) == place(sample.timestamp) {
                parts[parts.count - 1].append(sample)
            } else {
                parts.append([sample])
            }
        }
        return parts.map(SealedChunk.init)
    }

    /// Samples of one series, in order of time, in the fewest bytes that chunks of equal length
    /// take: long chunks share their header, short ones follow a change of the values.
    package static func packed(_ samples: [Sample]) -> [SealedChunk] {
        let forms = [240, 120, 60].map { length in
            stride(from: 0, to: samples.count, by: length).map { start in
                SealedChunk(Array(samples[start..<min(start + length, samples.count)]))
            }
        }
        return forms.min { size(of: $0) < size(of: $1) } ?? []
    }

    private static func size(of chunks: [SealedChunk]) -> Int {
        chunks.reduce(0) { $0 + $1.words.count * 8 - Self.headerWords * 8 + shortHeader }
    }

    /// About how many bytes the header takes outside of memory.
    private static let shortHeader = 24
}
