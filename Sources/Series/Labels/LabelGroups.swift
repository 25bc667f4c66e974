/// Selects the labels by which series are grouped or matched: PromQL's `by`, `without`, `on` and
/// `ignoring`.
package struct LabelProjection: Hashable, Sendable {
    /// Sorted and without duplicates, so that projections with the same names in another order are
    /// equal, and a long list can be searched.
    private let names: [LabelName]
    private let keepsNames: Bool

    /// Keeps only the named labels (`by`, `on`).
    package static func keeping(_ names: [String]) -> LabelProjection {
        LabelProjection(names: names, keepsNames: true)
    }

    /// Drops the named labels and the metric name (`without`, `ignoring`).
    package static func dropping(_ names: [String]) -> LabelProjection {
        droppingOnly(names + [Labels.metricNameLabel])
    }

    /// Drops the named labels but keeps the metric name.
    package static func droppingOnly(_ names: [String]) -> LabelProjection {
        LabelProjection(names: names, keepsNames: false)
    }

    private init(names: [String], keepsNames: Bool) {
        let sorted = names.map(LabelName.init).sorted()
        self.names = sorted.indices.filter { $0 == 0 || sorted[$0 - 1] < sorted[$0] }
            .map { sorted[$0] }
        self.keepsNames = keepsNames
    }

    /// Up to this many names, comparing each is faster than a search.
    private static let comparedNamesMaximum = 8

    private func keeps(_ label: Label) -> Bool {
        guard names.count <= Self.comparedNamesMaximum else {
            return contains(LabelName(label)) == keepsNames
        }
        for name in names where name.names(label) { return keepsNames }
        return !keepsNames
    }

    private func contains(_ name: LabelName) -> Bool {
        var (low, high) = (0, names.count)
        while low < high {
            let middle = (low + high) / 2
            if names[middle] < name { low = middle + 1 } else { high = middle }
        }
        return low < names.count && names[low] == name
    }

    /// The labels that the projection keeps.
    package func labels(of labels: Labels) -> Labels {
        let kept = labels.elements.filter(keeps)
        return kept.count == labels.count ? labels : Labels(sorted: kept)
    }

    func digest(of labels: Labels) -> UInt64 {
        var digest = Labels.emptyDigest
        let labels = labels.elements.span
        for index in labels.indices where keeps(labels[index]) {
            digest = Digest.combine(digest, labels[index].digest)
        }
        return digest
    }

    /// Whether `result` is what is kept of `labels`.
    func makes(_ result: Labels, of labels: Labels) -> Bool {
        let (made, all) = (result.elements.span, labels.elements.span)
        var next = 0
        for index in all.indices where keeps(all[index]) {
            guard next < made.count, made[next] == all[index] else { return false }
            next += 1
        }
        return next == made.count
    }

    func areEqual(_ left: Labels, _ right: Labels) -> Bool {
        let (ours, theirs) = (left.elements.span, right.elements.span)
        var (i, j) = (0, 0)
        while true {
            while i < ours.count, !keeps(ours[i]) { i += 1 }
            while j < theirs.count, !keeps(theirs[j]) { j += 1 }
            guard i < ours.count, j < theirs.count else { break }
            guard ours[i] == theirs[j] else { return false }
            (i, j) = (i + 1, j + 1)
        }
        return i == ours.count && j == theirs.count
    }
}

/// Label sets that projections made, for making the same again: the groups of rules have the same
/// labels in every evaluation.
package struct ProjectedLabels: Sendable {
    fileprivate private(set) var byDigest: [UInt64: Labels] = [:]

    private static let maximumCount = 16_384

    package init() {}

    fileprivate mutating func keep(_ labels: Labels, _ digest: UInt64) {
        if byDigest.count == Self.maximumCount { byDigest = [:] }
        byDigest[digest] = labels
    }

    package mutating func removeAll() { byDigest.removeAll(keepingCapacity: true) }
}

/// Assigns label sets to groups under a projection. Groups are numbered from 0 in order of first
/// appearance.
///
/// It hashes and compares the projected labels in place instead of building a label set for every
/// member: grouping runs for every element of every vector.
package struct LabelGroups: Sendable {
    private let projection: LabelProjection
    /// The digest of each group. A few are searched one by one, which is faster than a dictionary.
    private var digests: [UInt64] = []
    /// Empty as long as there are few groups.
    private var firstByDigest: [UInt64: Int] = [:]
    /// The next group with the same digest but other labels. Collisions are practically never seen,
    /// but a wrong group would mean a wrong alert.
    private var nextWithDigest: [Int?] = []
    private var representatives: [Labels] = []

    private static let searchedMaximum = 16

    /// - Parameter capacity: the expected number of groups; only a hint.
    package init(by projection: LabelProjection, capacity: Int = 0) {
        self.projection = projection
        digests.reserveCapacity(capacity)
        representatives.reserveCapacity(capacity)
        if capacity > Self.searchedMaximum { firstByDigest.reserveCapacity(capacity) }
    }

    package var count: Int { representatives.count }

    /// The complete labels of the first member of the group.
    package func representative(of group: Int) -> Labels {
        representatives[group]
    }

    /// The projected labels, which all members of the group share.
    package func labels(of group: Int) -> Labels {
        projection.labels(of: representatives[group])
    }

    /// The same, made only if `known` does not have them.
    package func labels(of group: Int, _ known: inout ProjectedLabels) -> Labels {
        if let labels = known.byDigest[digests[group]],
            projection.makes(labels, of: representatives[group])
        {
            return labels
        }
        let labels = labels(of: group)
        known.keep(labels, digests[group])
        return labels
    }

    /// The group of a label set, or nil if no inserted set belongs to it.
    package func group(of labels: Labels) -> Int? {
        find(labels, projection.digest(of: labels))
    }

    /// The group of a label set. A new one is created if there is none.
    package mutating func insert(_ labels: Labels) -> Int {
        let digest = projection.digest(of: labels)
        if let group = find(labels, digest) { return group }
        let group = representatives.count
        representatives.append(labels)
        digests.append(digest)
        if digests.count == Self.searchedMaximum + 1 {
            for index in digests.indices { addToTable(index) }
        } else if digests.count > Self.searchedMaximum {
            addToTable(group)
        }
        return group
    }

    private mutating func addToTable(_ group: Int) {
        nextWithDigest.append(firstByDigest.updateValue(group, forKey: digests[group]))
    }

    private func find(_ labels: Labels, _ digest: UInt64) -> Int? {
        guard digests.count > Self.searchedMaximum else {
            for group in digests.indices
            where digests[group] == digest && projection.areEqual(representatives[group], labels) {
                return group
            }
            return nil
        }
        var candidate = firstByDigest[digest]
        while let group = candidate {
            if projection.areEqual(representatives[group], labels) { return group }
            candidate = nextWithDigest[group]
        }
        return nil
    }
}
