/// One label: a name, its value, and the digests of both, computed once.
///
/// Labels are equal if their bytes are, as in Prometheus. Swift's `==` also equates canonically
/// equivalent strings, but those have different bytes and therefore different digests. Comparing
/// the digests first and then the strings gives the right answer without a loop over every byte.
///
/// Copies share the storage: a store of many series has each of its labels once, and a label set
/// takes eight bytes for each.
package struct Label: Sendable {
    private final class Storage: Sendable {
        let name: String
        let value: String
        let nameDigest: UInt64
        let digest: UInt64

        init(name: String, value: String, nameDigest: UInt64, digest: UInt64) {
            self.name = name
            self.value = value
            self.nameDigest = nameDigest
            self.digest = digest
        }
    }

    private let storage: Storage

    package init(name: String, value: String) {
        let nameDigest = Digest.of(name)
        storage = Storage(
            name: name,
            value: value,
            nameDigest: nameDigest,
            digest: Digest.combine(nameDigest, Digest.of(value))
        )
    }

    /// The same label, but with a name that shares the memory of the argument's.
    init(_ label: Label, sharingNameOf known: Label) {
        storage = Storage(
            name: known.name,
            value: label.value,
            nameDigest: label.nameDigest,
            digest: label.digest
        )
    }

    package var name: String { storage.name }
    package var value: String { storage.value }
    var nameDigest: UInt64 { storage.nameDigest }
    /// The digest of name and value. It is the same in every process, so that nothing derived from
    /// it differs between two runs.
    var digest: UInt64 { storage.digest }
}

extension Label {
    private static let typeDigest = Digest.of(Labels.typeLabel)
    private static let unitDigest = Digest.of(Labels.unitLabel)

    /// Whether this is `__type__` or `__unit__`, which describe the metric.
    var describesMetric: Bool {
        nameDigest == Label.typeDigest || nameDigest == Label.unitDigest
    }
}

extension Label: Hashable {
    package static func == (left: Label, right: Label) -> Bool {
        left.storage === right.storage
            || left.digest == right.digest && left.name == right.name && left.value == right.value
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(digest)
    }
}

/// A label name with its digest, for comparing it with the names of many labels.
struct LabelName: Hashable {
    let text: String
    private let digest: UInt64

    init(_ text: String) {
        self.text = text
        digest = Digest.of(text)
    }

    init(_ label: Label) {
        text = label.name
        digest = label.nameDigest
    }

    func names(_ label: Label) -> Bool {
        label.nameDigest == digest && label.name == text
    }
}

/// By digest, which settles nearly all comparisons, then by bytes.
extension LabelName: Comparable {
    static func == (left: LabelName, right: LabelName) -> Bool {
        left.digest == right.digest && left.text.hasSameBytes(as: right.text)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(digest)
    }

    static func < (left: LabelName, right: LabelName) -> Bool {
        left.digest == right.digest
            ? left.text.precedesBytewise(right.text) : left.digest < right.digest
    }
}

enum Digest {
    /// FNV-1a over the bytes, with a final mix so that every bit of the result is usable.
    static func of(_ text: String) -> UInt64 {
        var state: UInt64 = 0xcbf2_9ce4_8422_2325
        let bytes = text.utf8.span
        for index in bytes.indices {
            state = (state ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01b3
        }
        return mix(state)
    }

    /// Extends the digest of a sequence by one element. Depends on the order of the elements.
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
