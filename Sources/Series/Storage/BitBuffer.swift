/// Bits in order of writing, most significant first, in words of 64.
struct BitBuffer: Sendable {
    private(set) var fullWords: [UInt64] = []
    /// What comes after the full words, from the top. Kept out of the array because most appends
    /// then touch no memory but this value.
    private(set) var tail: UInt64 = 0
    private var tailCount = 0

    /// Appends the lowest `width` bits of `bits`, 1 to 64; the bits above must be zero.
    mutating func append(_ bits: UInt64, width: Int) {
        let free = 64 - tailCount
        // A smart shift: a negative distance shifts the other way.
        tail |= bits << (free - width)
        tailCount += width
        guard tailCount >= 64 else { return }
        fullWords.append(tail)
        tailCount -= 64
        // Without a rest the distance is 64, which leaves nothing.
        tail = bits << (64 - tailCount)
    }

    mutating func removeAll() {
        fullWords.removeAll(keepingCapacity: true)
        (tail, tailCount) = (0, 0)
    }

    /// All words, in an array without spare room.
    var exactWords: [UInt64] {
        var exact: [UInt64] = []
        exact.reserveCapacity(fullWords.count + 1)
        exact.append(contentsOf: fullWords)
        if tailCount > 0 { exact.append(tail) }
        return exact
    }
}

/// Reads what a `BitBuffer` wrote.
struct BitReader {
    private let words: [UInt64]
    /// What follows the words.
    private let tail: UInt64
    private var position = 0

    init(words: [UInt64], tail: UInt64 = 0) {
        self.words = words
        self.tail = tail
    }

    private func word(_ index: Int) -> UInt64 {
        index < words.count ? words[index] : tail
    }

    /// The next `width` bits, 1 to 64.
    mutating func read(width: Int) -> UInt64 {
        let (index, offset) = (position >> 6, position & 63)
        position += width
        var bits = word(index) << UInt64(offset)
        if offset + width > 64 { bits |= word(index + 1) >> UInt64(64 - offset) }
        return bits >> UInt64(64 - width)
    }

    /// How many pairs of zero bits come next, as far as the current word tells.
    var zeroPairCount: Int {
        let offset = position & 63
        let rest = word(position >> 6) << UInt64(offset)
        return min(rest.leadingZeroBitCount, 64 - offset) / 2
    }

    mutating func skip(_ width: Int) {
        position += width
    }

    mutating func readBit() -> Bool {
        let bit = word(position >> 6) << UInt64(position & 63)
        position += 1
        return bit >> 63 == 1
    }

    /// As `read`, the first bit being the sign.
    mutating func readSigned(width: Int) -> Int64 {
        let shift = UInt64(64 - width)
        return Int64(bitPattern: read(width: width) << shift) >> shift
    }
}
