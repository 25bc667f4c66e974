/// A generator determined by its seed alone (SplitMix64), so that a fleet, its ids and its tokens
/// are the same in every run and a failure can be reproduced from its seed.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func hexadecimal(_ count: Int) -> String {
        text(count, of: Self.hexadecimalDigits)
    }

    /// 32 hexadecimal digits. Every answer carries one, so it is built from two numbers, not one
    /// per digit.
    mutating func requestID() -> String {
        var (high, low) = (next(), next())
        var digits = [UInt8](repeating: 0, count: 32)
        for index in 0..<16 {
            digits[index] = Self.hexadecimalDigits[Int(high & 15)]
            digits[16 + index] = Self.hexadecimalDigits[Int(low & 15)]
            high >>= 4
            low >>= 4
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// The form of a graph's id: a version 4 UUID.
    mutating func uuid() -> String {
        let variant = text(1, of: Array("89ab".utf8))
        return [
            hexadecimal(8), hexadecimal(4), "4" + hexadecimal(3), variant + hexadecimal(3),
            hexadecimal(12),
        ].joined(separator: "-")
    }

    /// A token that looks like IAM's: base64 letters that start like a CMS envelope.
    mutating func token(bytes: Int) -> String {
        let lead = "MII"
        return lead + text(max(0, bytes - lead.count), of: Self.base64Letters)
    }

    private mutating func text(_ count: Int, of alphabet: [UInt8]) -> String {
        let letters = (0..<count).map { _ in alphabet[Int(next() % UInt64(alphabet.count))] }
        return String(decoding: letters, as: UTF8.self)
    }

    private static let hexadecimalDigits = Array("0123456789abcdef".utf8)
    private static let base64Letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-".utf8
    )
}

/// A separate stream of numbers for each use: the number of requests or the length of a token must
/// not change the id of the next job.
struct RandomStreams: Sendable {
    /// For graphs and jobs.
    var ids: SeededGenerator
    var credentials: SeededGenerator
    var requestIDs: SeededGenerator
    /// Whether a fault with a probability applies to a request.
    var faults: SeededGenerator

    /// None of these is the fleet's stream: the size of the fleet must not change what is drawn
    /// here.
    init(seed: UInt64) {
        ids = SeededGenerator(seed: seed &+ 0x5EED)
        credentials = SeededGenerator(seed: seed &+ 0xC4ED_5EED)
        requestIDs = SeededGenerator(seed: seed &+ 0x4E90_5EED)
        faults = SeededGenerator(seed: seed &+ 0xFA17_5EED)
    }
}
