import Series

/// Arithmetic and comparison between two instant vectors (Prometheus promql/engine.go,
/// VectorBinop). The side that may have several elements per match group is called "many", the
/// other one "one".
struct VectorJoin {
    private let operation: BinaryOperator
    private let matching: VectorMatching
    private let returnsBool: Bool
    private let delayed: Bool
    /// Made once for all elements.
    private let projection: LabelProjection
    private let ignored: LabelProjection
    private let included: LabelProjection
    private let withoutIncluded: LabelProjection
    private let includesName: Bool
    private let hidesDropped: Bool
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
        projection = step.projection
        hidesDropped = matching.hidesDroppedNames(delayed: delayed)
        // The usual operation needs none of these.
        ignored =
            matching.cardinality == .oneToOne && !matching.isOn
            ? .droppingOnly(matching.labels) : projection
        let includesNothing = matching.included.isEmpty
        included = includesNothing ? projection : .keeping(matching.included)
        withoutIncluded = includesNothing ? projection : .droppingOnly(matching.included)
        includesName = matching.included.contains(Labels.metricNameLabel)
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
            let group = groups.group(of: element.matchedLabels(hidesDropped: hidesDropped))
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
        var groups = LabelGroups(by: projection, capacity: one.elements.count)
        for (index, element) in one.elements.enumerated() {
            let labels = element.matchedLabels(hidesDropped: hidesDropped)
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
        projection.labels(of: element.labels)
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
            element.labels = projection.labels(of: element.labels)
        } else if isOneToOne {
            element.labels = ignored.labels(of: element.labels)
        }
        guard !matching.included.isEmpty else { return }
        let hidesName = includesName && one.dropsName && !delayed
        let added = included.labels(of: hidesName ? one.labels.removingMetricName() : one.labels)
        element.labels = withoutIncluded.labels(of: element.labels).merging(added)
        if includesName, !returnsBool { element.dropsName = one.dropsName }
    }

    private func removeName(_ element: inout VectorElement) {
        // If the name is set again below, only marking it as dropped would not be enough.
        if includesName || (!delayed && element.labels.hasTypeOrUnit) {
            element.labels = element.labels.removingMetricDescription()
        }
        element.dropsName = true
    }

    /// Checks for duplicates. One-to-one matching yields one element per group; with grouping,
    /// elements of the "many" side may have differed only in dropped labels.
    private mutating func finished(_ many: InstantVector) throws(EvaluationError) -> InstantVector {
        let dropsNames = operation.isArithmetic || returnsBool
        if dropsNames, !includesName {
            result.mixesNames = isOneToOne ? matching.usesName : many.mixesNames
            do throws(EvaluationError) {
                try result.dropNames(delayed: delayed)
            } catch {
                throw isOneToOne ? error : .ambiguousGrouping
            }
        } else {
            result.mixesNames = many.mixesNames || includesName
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
