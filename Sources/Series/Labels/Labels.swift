/// A label set. Invariants: sorted by name, names are unique, no value is empty (in Prometheus an
/// empty label is a missing label).
///
/// Copies share the storage. The hash is computed once, at creation, from the hashes of the labels,
/// so that unequal sets are told apart without comparing strings.
package struct Labels: Sendable {
    private let pairs: [Label]
    /// The lowest bit says whether `__type__` or `__unit__` is present, because the evaluator
    /// checks that for every element of every vector.
    private let digest: UInt64

    package static let metricNameLabel = "__name__"
    package static let typeLabel = "__type__"
    package static let unitLabel = "__unit__"

    package init() {
        self.init(sorted: [])
    }

    /// If a name occurs more than once, its last value wins.
    package init(_ pairs: some Sequence<(String, String)>) {
        self.init(unsorted: pairs.map { Label(name: $0.0, value: $0.1) })
    }

    package init(_ pairs: some Sequence<(name: String, value: String)>) {
        self.init(unsorted: pairs.map { Label(name: $0.name, value: $0.value) })
    }

    package init(_ pairs: [String: String]) {
        self.init(unsorted: pairs.map { Label(name: $0.key, value: $0.value) })
    }

    package init(_ pairs: some Sequence<Label>) {
        self.init(unsorted: Array(pairs))
    }

    /// - Precondition: `pairs` are sorted by name, with unique names and without empty values.
    init(sorted pairs: [Label]) {
        self.pairs = pairs
        let combined = pairs.reduce(Labels.emptyDigest) { Digest.combine($0, $1.digest) }
        digest = combined & ~1 | (pairs.contains(where: \.describesMetric) ? 1 : 0)
    }

    private init(unsorted pairs: [Label]) {
        // Ties are broken by position, newest first, so that the last value of a name survives.
        let order = pairs.indices.sorted { left, right in
            pairs[left].name.hasSameBytes(as: pairs[right].name)
                ? left > right : pairs[left].name.precedesBytewise(pairs[right].name)
        }
        var sorted: [Label] = []
        sorted.reserveCapacity(pairs.count)
        var previous: String?
        for index in order where previous?.hasSameBytes(as: pairs[index].name) != true {
            previous = pairs[index].name
            if !pairs[index].value.isEmpty { sorted.append(pairs[index]) }
        }
        self.init(sorted: sorted)
    }

    static let emptyDigest: UInt64 = 0
}

extension Labels: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { pairs.count }

    package subscript(position: Int) -> (name: String, value: String) {
        (pairs[position].name, pairs[position].value)
    }

    /// The labels with their digests, for code that derives one set from another.
    package var elements: [Label] { pairs }
}

extension Labels {
    /// The value of a label, or the empty string if the set does not have it.
    package subscript(name: String) -> String {
        for label in pairs where label.name.hasSameBytes(as: name) { return label.value }
        return ""
    }

    package var metricName: String { self[Labels.metricNameLabel] }

    /// Whether `__type__` or `__unit__` is present.
    package var hasTypeOrUnit: Bool { digest & 1 == 1 }

    /// Sets a label; an empty value removes it.
    package func setting(_ name: String, to value: String) -> Labels {
        guard !value.isEmpty else { return removing(name) }
        var changed = pairs
        let label = Label(name: name, value: value)
        if let index = pairs.firstIndex(where: { !$0.name.precedesBytewise(name) }) {
            if pairs[index].name.hasSameBytes(as: name) {
                changed[index] = label
            } else {
                changed.insert(label, at: index)
            }
        } else {
            changed.append(label)
        }
        return Labels(sorted: changed)
    }

    package func removing(_ name: String) -> Labels {
        guard pairs.contains(where: { $0.name.hasSameBytes(as: name) }) else { return self }
        return Labels(sorted: pairs.filter { !$0.name.hasSameBytes(as: name) })
    }

    package func removingMetricName() -> Labels {
        removing(Labels.metricNameLabel)
    }

    /// The union of both sets. If both have a name, the value of `other` wins.
    package func merging(_ other: Labels) -> Labels {
        other.reduce(self) { $0.setting($1.name, to: $1.value) }
    }
}

/// The digest is compared first, so unequal sets almost never compare strings.
extension Labels: Hashable {
    package static func == (left: Labels, right: Labels) -> Bool {
        left.digest == right.digest && left.pairs == right.pairs
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(digest)
    }
}

extension Labels: Comparable {
    /// Orders by the first differing label, its name before its value; a prefix sorts first. This
    /// is the order of Prometheus' `labels.Compare`.
    package static func < (left: Labels, right: Labels) -> Bool {
        for (ours, theirs) in zip(left.pairs, right.pairs) where ours != theirs {
            return ours.name.hasSameBytes(as: theirs.name)
                ? ours.value.precedesBytewise(theirs.value)
                : ours.name.precedesBytewise(theirs.name)
        }
        return left.count < right.count
    }
}

extension Labels: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements)
    }
}
