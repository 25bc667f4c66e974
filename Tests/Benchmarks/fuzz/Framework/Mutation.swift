import TestSupport

/// Random changes of bytes.
struct Mutation {
    var random: SeededRandom
    let seeds: [[UInt8]]
    let tokens: [String]

    mutating func apply(to bytes: inout [UInt8]) {
        // Mostly few changes: an input with many is refused early.
        let count = random.chance(0.7) ? 1 + random.number(below: 3) : 1 + random.number(below: 16)
        for _ in 0..<count { change(&bytes) }
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = random.number(below: bytes.count + 1)
        switch random.number(below: 14) {
        case 0: bytes.insert(anyByte(), at: place)
        case 1 where place < bytes.count: bytes[place] = anyByte()
        case 2 where place < bytes.count: bytes[place] ^= 1 << UInt8(random.number(below: 8))
        case 3, 4: bytes.removeSubrange(range(from: place, in: bytes))
        case 5: bytes.insert(contentsOf: bytes[range(from: place, in: bytes)], at: place)
        case 6: move(&bytes, from: place)
        case 7, 8: bytes.insert(contentsOf: anyToken(), at: place)
        case 9: bytes.replaceSubrange(range(from: place, in: bytes), with: anyToken())
        case 10: splice(&bytes, at: place)
        case 11: replaceNumber(&bytes, near: place)
        case 12: repeatPart(&bytes, from: place)
        case 13 where random.chance(0.3): bytes.removeSubrange(place...)
        default: bytes.insert(contentsOf: random.pick(Self.hostile).utf8, at: place)
        }
    }

    /// Repeats a part until the input has a size at which quadratic work shows.
    mutating func inflate(_ bytes: inout [UInt8], to size: Int) {
        let place = random.number(below: bytes.count + 1)
        var part = Array(bytes[range(from: place, in: bytes)])
        if part.isEmpty || random.chance(0.3) { part = anyToken() }
        guard !part.isEmpty else { return }
        let room = (size - bytes.count) / (random.chance(0.5) ? 1 : 4)
        guard room > part.count else { return }
        let many = (0..<(room / part.count)).flatMap { _ in part }
        bytes.insert(contentsOf: many, at: place)
    }

    // MARK: Changes

    private mutating func move(_ bytes: inout [UInt8], from place: Int) {
        let range = range(from: place, in: bytes)
        let part = Array(bytes[range])
        bytes.removeSubrange(range)
        bytes.insert(contentsOf: part, at: random.number(below: bytes.count + 1))
    }

    /// A part of another seed.
    private mutating func splice(_ bytes: inout [UInt8], at place: Int) {
        let other = random.pick(seeds)
        let start = random.number(below: other.count + 1)
        let length = random.number(below: min(other.count - start, 200) + 1)
        bytes.insert(contentsOf: other[start..<(start + length)], at: place)
    }

    /// The next number becomes one at a limit of some type.
    private mutating func replaceNumber(_ bytes: inout [UInt8], near place: Int) {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let start = bytes[place...].firstIndex(where: digits.contains) else { return }
        let end = bytes[start...].firstIndex { !digits.contains($0) } ?? bytes.endIndex
        bytes.replaceSubrange(start..<end, with: Array(random.pick(Self.numbers).utf8))
    }

    private mutating func repeatPart(_ bytes: inout [UInt8], from place: Int) {
        let part = Array(bytes[range(from: place, in: bytes)])
        let count = random.chance(0.9) ? random.number(below: 8) : random.number(below: 300)
        guard part.count * count < 8 << 10 else { return }
        bytes.insert(contentsOf: (0..<count).flatMap { _ in part }, at: place)
    }

    // MARK: Material

    private mutating func range(from place: Int, in bytes: [UInt8]) -> Range<Int> {
        let limit = random.chance(0.8) ? 12 : 200
        return place..<min(bytes.count, place + random.number(below: limit))
    }

    private mutating func anyByte() -> UInt8 {
        random.chance(0.5)
            ? UInt8(random.number(below: 256)) : UInt8(0x20 + random.number(below: 0x5F))
    }

    private mutating func anyToken() -> [UInt8] { Array(random.pick(tokens).utf8) }

    static let numbers = [
        "0", "-0", "-1", "00", "1e9", "1e999", "-1e-999", "0.1", "127", "128", "255", "256",
        "32768", "65535", "65536", "2147483647", "2147483648", "-2147483649", "4294967296",
        "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "18446744073709551615", "18446744073709551616", "99999999999999999999999999999999",
        "253402300799", "NaN", "Inf", "0x7fffffffffffffff", "1_0",
    ]

    /// Text that confuses what counts, prints or compares characters.
    static let hostile = [
        "\u{0}", "\r\n", "\n", "\r", "\t", "\u{1B}[2J", "\u{7F}", "\u{85}", "\u{2028}", "\u{202E}",
        "\u{FEFF}", "\u{FFFD}", "\u{FFFF}", "\u{10FFFF}", "e\u{301}", "é", "ß", "İ", "🙂",
        "👩‍👩‍👧‍👦", "\\", "\"", "'", "`", "%", "%s%n", "\\ud800", "\\u0000", " ", "  ", "#", "-",
    ]
}
