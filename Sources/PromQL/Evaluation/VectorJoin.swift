import Series

/// Arithmetic and comparison between two instant vectors (Prometheus promql/engine.go,
/// VectorBinop). The side that may have several elements per match group is called "many", the
/// other one "one".
struct VectorJoin {
    private let operation: BinaryOperator
    private let matching: VectorMatching
    private let returnsBool: Bool
    private let delayed: Bool
    /// `group_right` is computed as `group_left` with the sides swapped.
    private let isSwapped: Bool
    /// The values that replace missing elements of the "many" and the "one" side.
    private let fillMany: Double?
    private let fillOne: Double?

    private var result = InstantVector()
    /// The label sets of the result so far, recorded only if they may repeat.
    private var seen: Set<Labels> = []

    init(_ step: BinaryExpression.Step, delaysNameRemoval: Bool) {
        operation = step.operation
        matching = step.matching ?? VectorMatching()
        returnsBool = step.returnsBool
        delayed = delaysNameRemoval
        isSwapped = matching.cardinality == .oneToMany
        // Prometheus swaps the operands of `group_right` but not the fill values, and its tests
        // require that: `fill_left` always applies to the "many" side.
        fillMany = matching.fillLeft
        fillOne = matching.fillRight
    }

    private var isOneToOne: Bool { matching.cardinality == .oneToOne }

    /// Matches each element of the "many" side with the element of the "one" side in its group.
    /// Without fill values, elements without a match are omitted.
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
                let filler = VectorElement(
                    labels: matchedLabels(of: element),
                    value: fillOne,
                    dropsName: true
                )
                try add(element, filler)
            }
        }
        if let fillMany {
            for (element, isMatched) in zip(one.elements, isMatched) where !isMatched {
                let filler = VectorElement(
                    labels: matchedLabels(of: element),
                    value: fillMany,
                    dropsName: true
                )
                try add(filler, element)
            }
        }
        return try finished(many)
    }

    /// Groups the "one" side, where each element must be a group of its own. The group has the
    /// index of the element.
    private func groups(of one: InstantVector) throws(EvaluationError) -> LabelGroups {
        var groups = LabelGroups(by: matching.projection, capacity: one.elements.count)
        for (index, element) in one.elements.enumerated() {
            let labels = element.labels(for: matching, delayed: delayed)
            let group = groups.insert(labels)
            guard group == index else {
                throw .duplicateMatch(
                    group: groups.labels(of: group),
                    isLeft: isSwapped,
                    element.shownLabels(delayed: delayed),
                    one.elements[group].shownLabels(delayed: delayed)
                )
            }
        }
        return groups
    }

    private func matchedLabels(of element: VectorElement) -> Labels {
        matching.projection.labels(of: element.labels)
    }

    /// Adds the result for one pair of elements, unless a filter removes it.
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

    /// Turns the labels of the "many" side into those of the result.
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
        // If the name is set again below, only marking it as dropped would not be enough.
        let isSetAgain = matching.included.contains(Labels.metricNameLabel)
        if isSetAgain || (!delayed && element.labels.hasTypeOrUnit) {
            element.labels = element.labels.removingMetricDescription()
        }
        element.dropsName = true
    }

    /// Checks for duplicates. One-to-one matching yields one element per group; with grouping,
    /// elements of the "many" side may have differed only in dropped labels.
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
    /// The labels as error messages show them.
    fileprivate func shownLabels(delayed: Bool) -> Labels {
        dropsName && !delayed ? labels.removingMetricDescription() : labels
    }
}
