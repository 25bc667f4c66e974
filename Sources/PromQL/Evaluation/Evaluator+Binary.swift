import Series

extension Evaluator {
    func evaluate(
        _ binary: BinaryExpression,
        at time: Int64
    ) throws(EvaluationError) -> Operand {
        let steps = binary.steps.span
        var (value, next) = try beginning(of: binary, at: time)
        var union: SetUnion?
        while next < steps.count {
            let index = next
            next += 1
            if steps[index].isNeedlessAfterNothing, skipsNeedlessOperands,
                union.map(\.vector.elements.isEmpty) ?? value.isEmptyVector
            {
                continue
            }
            let operand = try evaluate(steps[index].operand, at: time)
            try work(operand.elementCount)
            try work(value.elementCount)
            // Successive unions share the groups of the elements so far; built anew for each
            // operand, they would make a long chain of `or` quadratic.
            if steps[index].operation == .or, case .vector(let right) = operand {
                if union?.matching != steps[index].matching ?? VectorMatching() {
                    if let finished = union.take() { value = .vector(finished.vector) }
                    guard case .vector(let left) = value else { throw Self.wrongTypes }
                    union = SetUnion(left, steps[index], delayed: options.delaysNameRemoval)
                }
                union?.add(right)
                continue
            }
            if let finished = union.take() { value = .vector(finished.vector) }
            value = try combine(value, operand, steps[index])
        }
        return union.map { .vector($0.vector) } ?? value
    }

    /// The value before the first step that is left to do, and which step that is.
    ///
    /// An aggregation that is compared with a number, such as `max by (x) (m) == 300`, usually
    /// leaves nothing, so labels are made only for what is left.
    private func beginning(
        of binary: BinaryExpression,
        at time: Int64
    ) throws(EvaluationError) -> (value: Operand, next: Int) {
        let steps = binary.steps.span
        if case .aggregation(let aggregation) = binary.first, invariants.isEmpty,
            steps[0].operation.isComparison, !steps[0].returnsBool,
            case .number(let number) = steps[0].operand
        {
            let filter = ValueFilter(operation: steps[0].operation, number: number.value)
            return (.vector(try evaluate(aggregation, at: time, keeping: filter)), 1)
        }
        // The condition after the first `and` usually holds for nothing, and then what is before it
        // does not matter.
        if steps[0].operation == .and, steps[0].isNeedlessAfterNothing, skipsNeedlessOperands,
            binary.first.traits.succeeds
        {
            let condition = try evaluate(steps[0].operand, at: time)
            if condition.isEmptyVector { return (condition, 1) }
            return (try combine(try evaluate(binary.first, at: time), condition, steps[0]), 1)
        }
        return (try evaluate(binary.first, at: time), 0)
    }

    private static var wrongTypes: EvaluationError {
        .invalidArgument("binary expression must contain only scalar and instant vector types")
    }

    private func combine(
        _ left: consuming Operand,
        _ right: Operand,
        _ step: BinaryExpression.Step
    ) throws(EvaluationError) -> Operand {
        switch (left, right) {
        case (.scalar(let left), .scalar(let right)):
            return .scalar(step.operation.scalar(left, right))
        case (.vector(let vector), .scalar(let number)):
            return .vector(try combine(vector, number, step, vectorIsLeft: true))
        case (.scalar(let number), .vector(let vector)):
            return .vector(try combine(vector, number, step, vectorIsLeft: false))
        case (.vector(let left), .vector(let right)):
            if step.operation.isSetOperator {
                return .vector(filter(left, by: right, step))
            }
            var join = VectorJoin(step, delaysNameRemoval: options.delaysNameRemoval)
            return .vector(try join.combine(left, right))
        default: throw Self.wrongTypes
        }
    }

    /// Combines a vector and a scalar. A filter keeps the value of the vector, whichever side it is
    /// on.
    private func combine(
        _ vector: consuming InstantVector,
        _ number: Double,
        _ step: BinaryExpression.Step,
        vectorIsLeft: Bool
    ) throws(EvaluationError) -> InstantVector {
        let operation = step.operation
        if operation.isComparison, !step.returnsBool {
            var kept: [VectorElement] = []
            // Usually nothing is kept, so nothing else is copied.
            let elements = vector.elements.span
            for index in elements.indices {
                let value = elements[index].value
                let holds =
                    vectorIsLeft
                    ? operation.compares(value, number) : operation.compares(number, value)
                if holds { kept.append(elements[index]) }
            }
            return InstantVector(elements: kept, mixesNames: vector.mixesNames)
        }
        var result = vector
        for index in result.elements.indices {
            let value = result.elements[index].value
            result.elements[index].value =
                vectorIsLeft
                ? operation.scalar(value, number) : operation.scalar(number, value)
        }
        try result.dropNames(delayed: options.delaysNameRemoval)
        return result
    }

    // MARK: Set operators

    /// `and` and `unless` (Prometheus promql/engine.go, VectorAnd and VectorUnless). Values are
    /// never compared: only the labels decide.
    private func filter(
        _ left: consuming InstantVector,
        by right: InstantVector,
        _ step: BinaryExpression.Step
    ) -> InstantVector {
        let matching = step.matching ?? VectorMatching()
        let hidesDropped = matching.hidesDroppedNames(delayed: options.delaysNameRemoval)
        if left.elements.isEmpty { return left }
        let wanted = step.operation == .and
        if right.elements.isEmpty { return wanted ? InstantVector() : left }
        var known = LabelGroups(by: step.projection, capacity: right.elements.count)
        let others = right.elements.span
        for index in others.indices {
            _ = known.insert(others[index].matchedLabels(hidesDropped: hidesDropped))
        }
        var result = left
        result.elements.removeAll { element in
            let labels = element.matchedLabels(hidesDropped: hidesDropped)
            return (known.group(of: labels) != nil) != wanted
        }
        return result
    }
}

/// A comparison with a number that keeps the elements for which it holds.
struct ValueFilter {
    let operation: BinaryOperator
    let number: Double

    func keeps(_ value: Double) -> Bool { operation.compares(value, number) }
}

extension Operand {
    fileprivate var elementCount: Int {
        if case .vector(let vector) = self { vector.elements.count } else { 0 }
    }

    fileprivate var isEmptyVector: Bool {
        if case .vector(let vector) = self { vector.elements.isEmpty } else { false }
    }
}

extension VectorMatching {
    var projection: LabelProjection {
        isOn ? .keeping(labels) : .dropping(labels)
    }

    /// Whether names that elements drop are to be hidden from the match.
    func hidesDroppedNames(delayed: Bool) -> Bool { !delayed && usesName }

    /// Whether the metric name is part of the match.
    var usesName: Bool {
        isOn && labels.contains(Labels.metricNameLabel)
    }
}

extension VectorElement {
    /// The labels that matching considers.
    /// The labels to match by. A name that the element drops must not count.
    ///
    /// - Parameter hidesDropped: `VectorMatching.hidesDroppedNames`.
    func matchedLabels(hidesDropped: Bool) -> Labels {
        dropsName && hidesDropped ? labels.removingMetricName() : labels
    }
}
