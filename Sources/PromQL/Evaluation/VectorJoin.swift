import Series

/// Arithmetic and comparison between two instant vectors, element by element.
struct VectorJoin {
    private let operation: BinaryOperator
    private let matching: VectorMatching
    private let returnsBool: Bool
    private let delayed: Bool
    /// The result of `group_right` is that of `group_left` with the sides exchanged.
    private let isSwapped: Bool
    /// The values that stand for a missing element of the many and of the one side.
    private let fillMany: Double?
    private let fillOne: Double?

    private var result = InstantVector()
    /// Label sets of the result, kept only where they may repeat.
    private var seen: Set<Labels> = []

    init(_ binary: BinaryExpression, delaysNameRemoval: Bool) {
        operation = binary.operation
        matching = binary.matching ?? VectorMatching()
        returnsBool = binary.returnsBool
        delayed = delaysNameRemoval
        isSwapped = matching.cardinality == .oneToMany
        // Prometheus exchanges the operands of `group_right` but not what fills them, and its tests
        // insist: `fill_left` is always for the many side.
        fillMany = matching.fillLeft
        fillOne = matching.fillRight
    }

    private var isOneToOne: Bool { matching.cardinality == .oneToOne }

    mutating func combine(
        _ left: InstantVector,
        _ right: InstantVector
    ) throws(EvaluationError) -> InstantVector {
        let (many, one) = isSwapped ? (right, left) : (left, right)
        if many.elements.isEmpty || one.elements.isEmpty, fillMany == nil, fillOne == nil {
            return InstantVector()
        }
        let groups = try groups(of: one)
        var isMatched = Array(repeating: false, count: one.elements.count)
        for element in many.elements {
            let group = groups.group(of: element.labels(for: matching, delayed: delayed))
            if let group {
                if isOneToOne, isMatched[group] { throw .ambiguousMatch }
                isMatched[group] = true
                try add(element, one.elements[group])
            } else if let fillOne {
                let stand = VectorElement(
                    labels: matchedLabels(of: element),
                    value: fillOne,
                    dropsName: true
                )
                try add(element, stand)
            }
        }
        if let fillMany {
            for (element, isMatched) in zip(one.elements, isMatched) where !isMatched {
                let stand = VectorElement(
                    labels: matchedLabels(of: element),
                    value: fillMany,
                    dropsName: true
                )
                try add(stand, element)
            }
        }
        return try finished(many)
    }

    /// One group per element, numbered alike.
    private func groups(of one: InstantVector) throws(EvaluationError) -> LabelGroups {
        var groups = LabelGroups(by: matching.projection, capacity: one.elements.count)
        for (index, element) in one.elements.enumerated() {
            let labels = element.labels(for: matching, delayed: delayed)
            let group = groups.insert(labels)
            guard group == index else {
                throw .duplicateMatch(
                    group: groups.labels(of: group),
                    isLeft: isSwapped,
                    first: element.shownLabels(delayed: delayed),
                    second: one.elements[group].shownLabels(delayed: delayed)
                )
            }
        }
        return groups
    }

    private func matchedLabels(of element: VectorElement) -> Labels {
        matching.projection.labels(of: element.labels)
    }

    private mutating func add(
        _ many: VectorElement,
        _ one: VectorElement
    ) throws(EvaluationError) {
        let (left, right) = isSwapped ? (one.value, many.value) : (many.value, one.value)
        var element = VectorElement(labels: many.labels, value: left, dropsName: many.dropsName)
        if returnsBool {
            element.value = operation.compares(left, right) ? 1 : 0
        } else if operation.isComparison {
            guard operation.compares(left, right) else { return }
        } else {
            element.value = operation.arithmetic(left, right)
        }
        shape(&element, one)
        if !matching.included.isEmpty, !seen.insert(element.labels).inserted {
            throw .ambiguousGrouping
        }
        result.elements.append(element)
    }

    /// Makes the labels of the result from those of the many side.
    private func shape(_ element: inout VectorElement, _ one: VectorElement) {
        if operation.isArithmetic || returnsBool { removeName(&element) }
        if isOneToOne, matching.isOn {
            element.labels = matching.projection.labels(of: element.labels)
        } else if isOneToOne {
            for label in matching.labels { element.labels = element.labels.removing(label) }
        }
        for label in matching.included {
            let isName = label == Labels.metricNameLabel
            let value = isName && one.dropsName && !delayed ? "" : one.labels[label]
            element.labels = element.labels.setting(label, to: value)
            if isName, !returnsBool { element.dropsName = one.dropsName }
        }
    }

    private func removeName(_ element: inout VectorElement) {
        // What a later step would set again must really be gone.
        let isSetAgain = matching.included.contains(Labels.metricNameLabel)
        if isSetAgain || (!delayed && element.labels.hasTypeOrUnit) {
            element.labels = element.labels.removingMetricDescription()
        }
        element.dropsName = true
    }

    /// One match group gives one element; with grouping, elements of the many side may still have
    /// differed in nothing but what was dropped.
    private mutating func finished(_ many: InstantVector) throws(EvaluationError) -> InstantVector {
        let dropsNames = operation.isArithmetic || returnsBool
        let setsName = matching.included.contains(Labels.metricNameLabel)
        if dropsNames, !setsName {
            result.mixesNames = isOneToOne ? matching.usesName : many.mixesNames
            do throws(EvaluationError) {
                try result.dropNames(delayed: delayed)
            } catch {
                throw isOneToOne ? error : .ambiguousGrouping
            }
        } else {
            result.mixesNames = many.mixesNames || setsName
        }
        return result
    }
}

extension VectorElement {
    /// The labels as messages show them.
    fileprivate func shownLabels(delayed: Bool) -> Labels {
        dropsName && !delayed ? labels.removingMetricDescription() : labels
    }
}
