import Time

/// A chunk as bytes: a header of numbers of variable length, and the bits of the other samples. The
/// end of a chunk follows from its beginning, so chunks can stand one after the other.
extension SealedChunk {
    /// The end of the year 9999.
    private static let latest: Int64 = 253_402_300_799_999

    package var bytes: [UInt8] {
        let form = form
        var writer = ByteWriter()
        writer.put(number: words[0])
        writer.put(number: UInt64(form.count))
        writer.bytes.append(UInt8(form.distanceWidth))
        writer.bytes.append(UInt8(form.valueWidth))
        writer.bytes.append(UInt8(truncatingIfNeeded: words[3] >> 32))
        writer.put(word: words[2], bytes: 8)
        // Zigzag: small numbers of either sign are short.
        writer.put(number: UInt64(bitPattern: form.step << 1 ^ form.step >> 63))
        writer.put(number: form.smallestDistance)
        var rest = Self.payloadBytes(form)
        for word in payload {
            writer.put(word: word, bytes: min(rest, 8))
            rest -= min(rest, 8)
        }
        return writer.bytes
    }

    /// nil if the bytes are no chunk.
    package init?(bytes: [UInt8]) {
        guard let chunks = Self.chunks(bytes: bytes), chunks.count == 1 else { return nil }
        self = chunks[0]
    }

    /// The most samples of chunks that stand one after the other. A few bytes can claim many.
    package static let maximumSamplesOfBytes = 1 << 14

    /// The chunks that stand one after the other; nil if any of it is none.
    ///
    /// - Parameter others: chunks of another series. Those with the same times take less time to
    ///   check.
    package static func chunks(bytes: [UInt8], like others: [SealedChunk] = []) -> [SealedChunk]? {
        var reader = ByteReader(bytes: bytes)
        var chunks: [SealedChunk] = []
        var samples = 0
        while !reader.isAtEnd {
            let other = chunks.count < others.count ? others[chunks.count] : nil
            guard let chunk = chunk(&reader, like: other) else { return nil }
            samples += chunk.sampleCount
            guard samples <= maximumSamplesOfBytes else { return nil }
            chunks.append(chunk)
        }
        return chunks.isEmpty ? nil : chunks
    }

    private static func payloadBytes(_ form: ChunkForm) -> Int {
        ((form.distanceWidth + form.valueWidth) * (form.count - 1) + 7) / 8
    }

    private static func chunk(
        _ reader: inout ByteReader,
        like other: SealedChunk?
    ) -> SealedChunk? {
        guard let start = reader.number(), start <= UInt64(latest),
            let count = reader.number(), 1...UInt64(maximumSamples) ~= count,
            let distanceWidth = reader.word(bytes: 1), distanceWidth <= 63,
            let valueWidth = reader.word(bytes: 1), valueWidth <= 64,
            let kind = reader.word(bytes: 1), isKind(kind),
            let value = reader.word(bytes: 8),
            let zigzag = reader.number(),
            let smallestDistance = reader.number(), smallestDistance <= UInt64(latest)
        else { return nil }
        let step = Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
        let word = count | distanceWidth << 16 | valueWidth << 24 | kind << 32
        let form = ChunkForm(word: word, step: step, smallestDistance: smallestDistance)
        var rest = payloadBytes(form)
        var words: [UInt64] = []
        words.reserveCapacity(headerWords + (rest + 7) / 8)
        words += [start, start, value, word, UInt64(bitPattern: step), smallestDistance]
        while rest > 0 {
            let size = min(rest, 8)
            guard let bits = reader.word(bytes: size) else { return nil }
            words.append(bits << UInt64(64 - size * 8))
            rest -= size
        }
        guard hasValues(form, words) else { return nil }
        if let other, SealedChunk(trusted: words).hasTimes(of: other) {
            words[1] = other.words[1]
        } else {
            guard let last = last(of: form, words) else { return nil }
            words[1] = UInt64(bitPattern: last)
        }
        return SealedChunk(trusted: words)
    }

    private static func isKind(_ kind: UInt64) -> Bool {
        kind & 0x80 == 0 ? kind < UInt64(Decimal.powers.count) : kind & 0x7f < 64
    }

    /// The time of the last sample; nil if the times do not rise.
    private static func last(of form: ChunkForm, _ words: [UInt64]) -> Int64? {
        var time = Int64(bitPattern: words[0])
        var position = headerWords * 64
        for _ in 1..<form.count {
            let excess = PackedBits.bits(at: position, width: form.distanceWidth, in: words.span)
            position += form.distanceWidth
            guard excess <= UInt64(latest), form.smallestDistance + excess > 0 else { return nil }
            time += Int64(form.smallestDistance + excess)
            guard time <= latest else { return nil }
        }
        return time
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
            if form.valueWidth == 0, smallestStep == 0 { return true }
            var number = Decimal.number(first, exponent)
            var position = headerWords * 64 + form.distanceWidth * (form.count - 1)
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

private struct ByteWriter {
    var bytes: [UInt8] = []

    /// Seven bits in each byte, the lowest first.
    mutating func put(number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// The first bytes of a word, the highest first.
    mutating func put(word: UInt64, bytes count: Int) {
        for index in 0..<count {
            bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(56 - index * 8)))
        }
    }
}

/// Reads what `ByteWriter` wrote. Everything is nil beyond the end.
private struct ByteReader {
    let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func number() -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: 0 as UInt64, to: 64, by: 7) {
            guard position < bytes.count else { return nil }
            let byte = bytes[position]
            position += 1
            let bits = UInt64(byte & 0x7f)
            // The tenth byte has room for one bit.
            guard (bits << shift) >> shift == bits else { return nil }
            number |= bits << shift
            if byte & 0x80 == 0 { return number }
        }
        return nil
    }

    /// A number of so many bytes, the highest first.
    mutating func word(bytes count: Int) -> UInt64? {
        guard bytes.count - position >= count else { return nil }
        var word: UInt64 = 0
        for byte in bytes[position..<position + count] { word = word << 8 | UInt64(byte) }
        position += count
        return word
    }
}
