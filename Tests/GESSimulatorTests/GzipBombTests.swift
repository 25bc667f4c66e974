import Testing

@testable import GESSimulator

/// Inflates only what RFC 1951 calls a block with fixed Huffman codes, bit by bit; the only match
/// that it supports has 258 bytes at distance 1.
private struct PlainInflater {
    struct Malformed: Error {}

    private let bytes: [UInt8]
    private var position = 0
    private(set) var output: [UInt8] = []

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = Array(bytes)
    }

    private mutating func bit() throws -> Int {
        guard position / 8 < bytes.count else { throw Malformed() }
        defer { position += 1 }
        return Int(bytes[position / 8]) >> (position % 8) & 1
    }

    private mutating func code(_ count: Int, after prefix: Int = 0) throws -> Int {
        try (0..<count).reduce(prefix) { code, _ in try code * 2 + bit() }
    }

    /// The number of bytes that the block takes.
    mutating func inflate() throws -> Int {
        guard try bit() == 1, try bit() == 1, try bit() == 0 else { throw Malformed() }
        while true {
            let seven = try code(7)
            if seven == 0 { return (position + 7) / 8 }
            let eight = try code(1, after: seven)
            switch eight {
            case 0b0011_0000...0b1011_1111: output.append(UInt8(eight - 0x30))
            case 0b1100_0101:
                guard try code(5) == 0, let last = output.last else { throw Malformed() }
                output += [UInt8](repeating: last, count: 258)
            default: throw Malformed()
            }
        }
    }
}

/// CRC-32, bit by bit.
private func checksum(_ bytes: [UInt8]) -> UInt32 {
    var register = UInt32.max
    for byte in bytes {
        register ^= UInt32(byte)
        for _ in 0..<8 {
            register = register & 1 == 1 ? register >> 1 ^ 0xEDB8_8320 : register >> 1
        }
    }
    return ~register
}

@Suite("A gzip bomb")
struct GzipBombTests {
    @Test(
        "inflates to spaces and an object, with the checksum and the length of both",
        arguments: [3, 4, 260, 261, 262, 2066, 6194, 8259, 100_000]
    )
    func inflates(size: Int) throws {
        let bomb = GzipBomb.bytes(inflatingTo: size)
        #expect(bomb.starts(with: [0x1F, 0x8B, 8, 0]))
        var inflater = PlainInflater(bomb.dropFirst(10))
        let taken = try inflater.inflate()
        let output = inflater.output
        #expect(output.count == size)
        #expect(output.suffix(2) == [UInt8(ascii: "{"), UInt8(ascii: "}")])
        #expect(output.dropLast(2).allSatisfy { $0 == UInt8(ascii: " ") })
        let trailer = bomb.dropFirst(10 + taken)
        let numbers = [checksum(output), UInt32(size)]
        #expect(
            Array(trailer)
                == numbers.flatMap { number in
                    (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
                }
        )
    }

    @Test("is small on the wire")
    func size() {
        #expect(GzipBomb.bytes(inflatingTo: 10_000_000).count < 65_000)
    }
}
