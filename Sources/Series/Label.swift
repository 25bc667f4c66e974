/// One label: a name, its value, and the hash of both, computed once.
package struct Label: Sendable {
    package let name: String
    package let value: String
    /// The same in every process, so that nothing derived from it differs between two runs.
    let digest: UInt64

    package init(name: String, value: String) {
        self.name = name
        self.value = value
        var digest = Digest()
        digest.feed(name)
        digest.feed(byte: 0xff)
        digest.feed(value)
        self.digest = digest.finished
    }
}

extension Label: Hashable {
    package static func == (left: Label, right: Label) -> Bool {
        left.digest == right.digest && left.name.hasSameBytes(as: right.name)
            && left.value.hasSameBytes(as: right.value)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(digest)
    }
}

/// FNV-1a over bytes, spread by a final mix so that every bit of the result is usable.
struct Digest {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func feed(byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }

    mutating func feed(_ text: String) {
        let bytes = text.utf8.span
        for index in bytes.indices { feed(byte: bytes[index]) }
    }

    var finished: UInt64 {
        Digest.mix(state)
    }

    /// A bijection on 64 bits in which every input bit reaches every output bit.
    static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 32)) &* 0xd6e8_feb8_6659_fd93
        mixed = (mixed ^ (mixed >> 32)) &* 0xd6e8_feb8_6659_fd93
        return mixed ^ (mixed >> 32)
    }

    /// Extends the digest of a sequence of labels by one more.
    static func combine(_ digest: UInt64, _ next: UInt64) -> UInt64 {
        mix(digest &+ 0x9e37_79b9_7f4a_7c15 ^ next)
    }
}
