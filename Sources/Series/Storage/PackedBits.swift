/// A stream of bits packed into 64-bit words, most significant bit first.
struct PackedBits {
    private(set) var words: [UInt64] = []
    private var free = 0

    /// Appends the lowest `width` bits (0 to 64). The bits above them must be zero.
    mutating func append(_ bits: UInt64, width: Int) {
        guard width > 0 else { return }
        if width <= free {
            free -= width
            words[words.count - 1] |= bits << UInt64(free)
            return
        }
        let rest = width - free
        if free > 0 { words[words.count - 1] |= bits >> UInt64(rest) }
        free = 64 - rest
        words.append(bits << UInt64(free))
    }

    /// Appends bits of others.
    mutating func append(_ words: borrowing Span<UInt64>, from position: Int, count: Int) {
        var next = position
        while next < position + count {
            let width = min(64, position + count - next)
            append(Self.bits(at: next, width: width, in: words), width: width)
            next += width
        }
    }

    /// Reads `width` bits (0 to 64) at a bit offset.
    @inline(always)
    static func bits(
        at position: Int,
        width: Int,
        in words: borrowing Span<UInt64>
    ) -> UInt64 {
        guard width > 0 else { return 0 }
        let (index, offset) = (position >> 6, position & 63)
        var bits = words[index] &<< UInt64(offset)
        if offset + width > 64 { bits |= words[index + 1] &>> UInt64(64 - offset) }
        return bits &>> UInt64(64 - width)
    }
}
