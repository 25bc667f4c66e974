/// One label: a name, its value, and the digests of both, computed once.
///
/// Labels are equal when their bytes are. Comparing the digests and then the strings decides that
/// without looking at every byte: Swift's `==` holds canonically equivalent text for equal, which
/// Prometheus does not, but such text has other bytes and therefore another digest.
package struct Label: Sendable {
    package let name: String
    package let value: String
    let nameDigest: UInt64
    /// Of name and value. The same in every process, so that nothing derived from it differs
    /// between two runs.
    let digest: UInt64

    package init(name: String, value: String) {
        self.name = name
        self.value = value
        nameDigest = Digest.of(name)
        digest = Digest.combine(nameDigest, Digest.of(value))
    }

    /// The same label, its text in the memory that the arguments share.
    init(_ label: Label, sharingNameOf known: Label) {
        name = known.name
        value = label.value
        nameDigest = label.nameDigest
        digest = label.digest
    }
}

extension Label {
    private static let typeDigest = Digest.of(Labels.typeLabel)
    private static let unitDigest = Digest.of(Labels.unitLabel)

    /// Whether the label says the type or the unit of its metric.
    var describesMetric: Bool {
        nameDigest == Label.typeDigest || nameDigest == Label.unitDigest
    }
}

extension Label: Hashable {
    package static func == (left: Label, right: Label) -> Bool {
        left.digest == right.digest && left.name == right.name && left.value == right.value
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(digest)
    }
}

/// A label name to compare many labels with.
struct LabelName: Hashable {
    let text: String
    private let digest: UInt64

    init(_ text: String) {
        self.text = text
        digest = Digest.of(text)
    }

    func names(_ label: Label) -> Bool {
        label.nameDigest == digest && label.name == text
    }
}

enum Digest {
    /// FNV-1a over the bytes, spread by a final mix so that every bit of the result is usable.
    static func of(_ text: String) -> UInt64 {
        var state: UInt64 = 0xcbf2_9ce4_8422_2325
        let bytes = text.utf8.span
        for index in bytes.indices {
            state = (state ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01b3
        }
        return mix(state)
    }

    /// Extends the digest of a sequence by one more element.
    static func combine(_ digest: UInt64, _ next: UInt64) -> UInt64 {
        mix((digest &+ 0x9e37_79b9_7f4a_7c15) ^ next)
    }

    /// A bijection on 64 bits in which every input bit reaches every output bit.
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 32)) &* 0xd6e8_feb8_6659_fd93
        mixed = (mixed ^ (mixed >> 32)) &* 0xd6e8_feb8_6659_fd93
        return mixed ^ (mixed >> 32)
    }
}
