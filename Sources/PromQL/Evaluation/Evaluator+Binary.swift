import Series

extension Evaluator {
    func evaluate(
        _ binary: BinaryExpression,
        at time: Int64
    ) throws(EvaluationError) -> Operand {
        var value = try evaluate(binary.first, at: time)
        var union: SetUnion?
        for step in binary.steps {
            if step.isNeedlessAfterNothing, skipsNeedlessOperands,
                union.map(\.vector.elements.isEmpty) ?? value.isEmptyVector
            {
                continue
            }
            let operand = try evaluate(step.operand, at: time)
            try work(operand.elementCount)
            try work(value.elementCount)
            // Successive unions share the groups of the elements so far; built anew for each
            // operand, they would make a long chain of `or` quadratic.
            if step.operation == .or, case .vector(let right) = operand {
                if union?.matching != step.matching ?? VectorMatching() {
                    if let finished = union.take() { value = .vector(finished.vector) }
                    guard case .vector(let left) = value else { throw Self.wrongTypes }
                    union = SetUnion(left, step, delayed: options.delaysNameRemoval)
                }
                union?.add(right)
                continue
            }
            if let finished = union.take() { value = .vector(finished.vector) }
            value = try combine(value, operand, step)
        }
        return union.map { .vector($0.vector) } ?? value
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
        var result = vector
        if operation.isComparison, !step.returnsBool {
            result.elements.removeAll { element in
                vectorIsLeft
                    ? !operation.compares(element.value, number)
                    : !operation.compares(number, element.value)
            }
            return result
        }
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
        for element in right.elements {
            _ = known.insert(element.matchedLabels(hidesDropped: hidesDropped))
        }
        var result = left
        result.elements.removeAll { element in
            let labels = element.matchedLabels(hidesDropped: hidesDropped)
            return (known.group(of: labels) != nil) != wanted
        }
        return result
    }
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
