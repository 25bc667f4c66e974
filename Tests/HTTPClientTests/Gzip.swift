/// The subset of RFC 1951 and 1952 for sending compressed bodies without a compressor.
enum Gzip {
    private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]

    /// The bytes in one stored block.
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        precondition(bytes.count <= 0xFFFF)
        let length = UInt16(bytes.count)
        let block = [1] + littleEndian(length) + littleEndian(~length) + bytes
        return header + block + littleEndian(crc32(bytes)) + littleEndian(UInt32(bytes.count))
    }

    /// `1 + 258 * repeats` zero bytes in a block of fixed Huffman codes, 13 bits for each 258
    /// bytes. The checksum is left at zero, because a reader must stop long before it.
    static func zeros(repeats: Int) -> [UInt8] {
        var bits = BitWriter()
        bits.write(0b1, count: 1)  // the last block
        bits.write(0b01, count: 2)  // fixed codes
        bits.writeCode(0b0011_0000, count: 8)  // literal 0
        for _ in 0..<repeats {
            bits.writeCode(0b1100_0101, count: 8)  // length 258
            bits.writeCode(0, count: 5)  // distance 1
        }
        bits.writeCode(0, count: 7)  // end of block
        return header + bits.bytes + [UInt8](repeating: 0, count: 8)
    }

    private static func littleEndian<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
        (0..<(Integer.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in
                crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0)
            }
        }
    }
}

private struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var used = 8

    /// Least significant bit first, as the format stores numbers.
    mutating func write(_ value: UInt32, count: Int) {
        for bit in 0..<count { append(value >> bit & 1) }
    }

    /// Most significant bit first, as the format stores Huffman codes.
    mutating func writeCode(_ code: UInt32, count: Int) {
        for bit in (0..<count).reversed() { append(code >> bit & 1) }
    }

    private mutating func append(_ bit: UInt32) {
        if used == 8 {
            bytes.append(0)
            used = 0
        }
        bytes[bytes.count - 1] |= UInt8(bit) << used
        used += 1
    }
}
