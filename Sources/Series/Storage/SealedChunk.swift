package import Time

/// One compressed chunk of one series as a value, in the form in which the store holds it and a
/// file can keep it. Whatever words it was made from, reading it neither fails nor traps: a chunk
/// that was not made here is decoded once with every step checked.
package struct SealedChunk: Hashable, Sendable {
    let words: [UInt64]

    /// The most samples that a chunk from outside may have. So few words cannot claim more, and
    /// sums of their steps cannot overflow.
    private static let maximumSamples = 256
    /// The end of the year 9999.
    private static let latest: Int64 = 253_402_300_799_999

    /// - Precondition: `words` were encoded by `SealedChunks`.
    init(trusted words: [UInt64]) {
        self.words = words
    }

    /// - Precondition: `samples` are not empty, and in order of time.
    package init(_ samples: [Sample]) {
        var chunks = SealedChunks()
        chunks.append(samples)
        words = chunks.words
    }

    package var start: Timestamp { Timestamp(milliseconds: Int64(bitPattern: words[0])) }
    package var last: Timestamp { Timestamp(milliseconds: Int64(bitPattern: words[1])) }
    package var sampleCount: Int { Int(words[3] & 0xffff) }
    package var byteCount: Int { words.count * 8 }

    /// Oldest first, with staleness markers.
    package var samples: [Sample] {
        var samples: [Sample] = []
        samples.reserveCapacity(sampleCount)
        let window = ChunkWindow(after: .min, through: .max, withMarkers: true)
        SealedChunks.append(window, at: 0, words.span, to: &samples)
        return samples
    }

    /// The same samples in chunks that each span at most so much time.
    package func divided(bySpan span: Duration) -> [SealedChunk] {
        guard last - start > span else { return [self] }
        var parts: [SealedChunk] = []
        var part: [Sample] = []
        for sample in samples {
            if let first = part.first, sample.timestamp - first.timestamp > span {
                parts.append(SealedChunk(part))
                part = []
            }
            part.append(sample)
        }
        return parts + [SealedChunk(part)]
    }
}

// MARK: - Bytes

extension SealedChunk {
    /// The words in little-endian order.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        for word in words {
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        return bytes
    }

    /// nil if the bytes are no chunk.
    package init?(bytes: [UInt8]) {
        guard bytes.count % 8 == 0, bytes.count >= SealedChunks.headerWords * 8 else { return nil }
        var words: [UInt64] = []
        words.reserveCapacity(bytes.count / 8)
        for start in stride(from: 0, to: bytes.count, by: 8) {
            var word: UInt64 = 0
            for index in (start..<start + 8).reversed() { word = word << 8 | UInt64(bytes[index]) }
            words.append(word)
        }
        guard Self.isChunk(words) else { return nil }
        self.words = words
    }

    private static func isChunk(_ words: [UInt64]) -> Bool {
        let count = Int(words[3] & 0xffff)
        let kind = Int(words[3] >> 32 & 0xff)
        let isForm = kind & 0x80 == 0 ? kind < Decimal.powers.count : kind & 0x7f < 64
        guard isForm, words[3] >> 40 == 0, 1...maximumSamples ~= count else { return false }
        let form = ChunkForm(
            word: words[3],
            step: Int64(bitPattern: words[4]),
            smallestDistance: words[5]
        )
        guard form.distanceWidth <= 63, form.valueWidth <= 64,
            words.count == SealedChunks.headerWords + ChunkForm.wordCount(ofForm: words[3])
        else { return false }
        return hasTimes(form, words) && hasValues(form, words)
    }

    /// Whether the times rise from the first of the header to the last.
    private static func hasTimes(_ form: ChunkForm, _ words: [UInt64]) -> Bool {
        var time = Int64(bitPattern: words[0])
        guard time >= 0, time <= latest, form.smallestDistance <= UInt64(latest) else {
            return false
        }
        var position = SealedChunks.headerWords * 64
        for _ in 1..<form.count {
            let excess = PackedBits.bits(at: position, width: form.distanceWidth, in: words.span)
            position += form.distanceWidth
            guard excess <= UInt64(latest), form.smallestDistance + excess > 0 else { return false }
            time += Int64(form.smallestDistance + excess)
            guard time <= latest else { return false }
        }
        return time == Int64(bitPattern: words[1])
    }

    /// Whether all sums of steps stay within the range of the form.
    private static func hasValues(_ form: ChunkForm, _ words: [UInt64]) -> Bool {
        switch form.values {
        case .bits(let shift): return shift + form.valueWidth <= 64 && words[4] == 0
        case .decimal(let exponent, let smallestStep):
            let first = Double(bitPattern: words[2])
            guard Decimal.isMultiple(first, exponent), form.valueWidth <= 62,
                smallestStep.magnitude <= Decimal.largestStep.magnitude
            else { return false }
            var number = Decimal.number(first, exponent)
            var position = SealedChunks.headerWords * 64 + form.distanceWidth * (form.count - 1)
            for _ in 1..<form.count {
                let step = PackedBits.bits(at: position, width: form.valueWidth, in: words.span)
                position += form.valueWidth
                number += smallestStep + Int64(step)
                guard number.magnitude <= Decimal.largestStep.magnitude else { return false }
            }
            return true
        }
    }
}
