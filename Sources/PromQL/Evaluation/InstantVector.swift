import Series

/// One element of a vector under evaluation.
struct VectorElement {
    var labels: Labels
    var value: Double
    /// The metric name no longer counts; it is taken out when someone looks at the labels.
    var dropsName = false
}

struct InstantVector {
    var elements: [VectorElement] = []
    /// Whether elements may differ in their metric names alone, so that dropping the names could
    /// make two of them the same.
    var mixesNames = false
}

extension Labels {
    /// Without what describes the metric itself: its name, type and unit.
    func removingMetricDescription() -> Labels {
        guard hasTypeOrUnit else { return removingMetricName() }
        return LabelProjection.dropping([Labels.typeLabel, Labels.unitLabel]).labels(of: self)
    }
}

extension VectorElement {
    /// The labels as they are in a result.
    var finalLabels: Labels {
        dropsName ? labels.removingMetricDescription() : labels
    }
}

extension InstantVector {
    /// Takes the metric names from all elements. Unless that is delayed, two elements that become
    /// the same are an error.
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

    /// Fails if two elements have the same labels but for the metric name.
    private func checkUnique() throws(EvaluationError) {
        var groups = LabelGroups(by: .dropping([]))
        for (index, element) in elements.enumerated()
        where groups.insert(element.labels) != index {
            throw .duplicateLabelSet
        }
    }

    /// The name that all elements have (empty for none); nil if they may differ or there are none.
    var commonName: String? {
        guard !mixesNames, let first = elements.first else { return nil }
        return first.dropsName ? "" : first.labels.metricName
    }
}
