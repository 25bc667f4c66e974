import Series

/// One element of an intermediate vector.
struct VectorElement {
    var labels: Labels
    var value: Double
    /// Whether the metric name is dropped. It is only marked here and removed when the labels are
    /// next needed, because most operations never look at it.
    var dropsName = false
}

/// An intermediate instant vector, in no particular order.
struct InstantVector {
    var elements: [VectorElement] = []
    /// Whether elements may differ only in their metric names, so that dropping the names could
    /// create duplicates. If not, the check is skipped.
    var mixesNames = false
}

/// A vector in a cache, with the memory that it and its labels take.
struct CachedVector {
    let vector: InstantVector
    let byteCount: Int
}

extension Labels {
    /// The bytes of values so long that they outweigh the rest of a label set. Those of series in
    /// the store are shorter, and shared.
    var longTextBytes: Int {
        reduce(0) { $0 + ($1.value.utf8.count > 64 ? $1.value.utf8.count : 0) }
    }

    /// About the memory of a label set that is not shared.
    var ownBytes: Int { 32 + count * MemoryLayout<Label>.stride }

    /// The labels without those that describe the metric itself: name, type and unit.
    func removingMetricDescription() -> Labels {
        guard hasTypeOrUnit else { return removingMetricName() }
        return LabelProjection.dropping([Labels.typeLabel, Labels.unitLabel]).labels(of: self)
    }
}

extension VectorElement {
    /// The labels in the result of a query.
    var finalLabels: Labels {
        dropsName ? labels.removingMetricDescription() : labels
    }
}

extension InstantVector {
    /// Drops the metric names of all elements. Unless removal is delayed, it is an error if two
    /// elements become equal.
    mutating func dropNames(delayed: Bool) throws(EvaluationError) {
        var hasTypes = false
        for index in elements.indices {
            if !delayed, elements[index].labels.hasTypeOrUnit {
                elements[index].labels = elements[index].labels.removingMetricDescription()
                hasTypes = true
            }
            elements[index].dropsName = true
        }
        guard !delayed else { return }
        if mixesNames || hasTypes { try checkUnique() }
        mixesNames = false
    }

    /// Throws if two elements have the same labels apart from the metric name.
    private func checkUnique() throws(EvaluationError) {
        var groups = LabelGroups(by: .dropping([]))
        for (index, element) in elements.enumerated()
        where groups.insert(element.labels) != index {
            throw .duplicateLabelSet
        }
    }

    /// The metric name of all elements, empty if they have none; nil if names may differ or there
    /// are no elements.
    var commonName: String? {
        guard !mixesNames, let first = elements.first else { return nil }
        return first.dropsName ? "" : first.labels.metricName
    }
}
