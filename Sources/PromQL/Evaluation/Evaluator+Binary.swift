import Series

extension Evaluator {
    func evaluate(
        _ binary: BinaryExpression,
        at time: Int64
    ) throws(EvaluationError) -> Operand {
        let left = try evaluate(binary.left, at: time)
        let right = try evaluate(binary.right, at: time)
        switch (left, right) {
        case (.scalar(let left), .scalar(let right)):
            return .scalar(binary.operation.scalar(left, right))
        case (.vector(let vector), .scalar(let number)):
            return .vector(try combine(vector, number, binary, vectorIsLeft: true))
        case (.scalar(let number), .vector(let vector)):
            return .vector(try combine(vector, number, binary, vectorIsLeft: false))
        case (.vector(let left), .vector(let right)):
            if binary.operation.isSetOperator {
                return .vector(combineSets(left, right, binary))
            }
            var join = VectorJoin(binary, delaysNameRemoval: options.delaysNameRemoval)
            return .vector(try join.combine(left, right))
        default:
            throw .invalidArgument(
                "binary expression must contain only scalar and instant vector types"
            )
        }
    }

    /// Combines a vector and a scalar. A filter keeps the value of the vector, whichever side it is
    /// on.
    private func combine(
        _ vector: consuming InstantVector,
        _ number: Double,
        _ binary: BinaryExpression,
        vectorIsLeft: Bool
    ) throws(EvaluationError) -> InstantVector {
        let operation = binary.operation
        var result = vector
        if operation.isComparison, !binary.returnsBool {
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

    /// `and`, `or` and `unless` (Prometheus promql/engine.go, VectorAnd, VectorOr, VectorUnless).
    /// Values are never compared: only the labels decide.
    private func combineSets(
        _ left: InstantVector,
        _ right: InstantVector,
        _ binary: BinaryExpression
    ) -> InstantVector {
        let matching = binary.matching ?? VectorMatching()
        let delayed = options.delaysNameRemoval
        func groups(of vector: InstantVector) -> LabelGroups {
            let count = vector.elements.count
            var groups = LabelGroups(by: matching.projection, capacity: count)
            for element in vector.elements {
                _ = groups.insert(element.labels(for: matching, delayed: delayed))
            }
            return groups
        }
        var result = left
        switch binary.operation {
        case .and, .unless:
            let wanted = binary.operation == .and
            if right.elements.isEmpty { return wanted ? InstantVector() : left }
            let known = groups(of: right)
            result.elements.removeAll { element in
                let labels = element.labels(for: matching, delayed: delayed)
                return (known.group(of: labels) != nil) != wanted
            }
        default:
            if left.elements.isEmpty { return right }
            let known = groups(of: left)
            for element in right.elements {
                let labels = element.labels(for: matching, delayed: delayed)
                if known.group(of: labels) == nil { result.elements.append(element) }
            }
            // The sides may differ only in their names if each has one name and these are not the
            // same.
            let sharesName = left.commonName != nil && left.commonName == right.commonName
            result.mixesNames =
                left.mixesNames || right.mixesNames || !(right.elements.isEmpty || sharesName)
        }
        return result
    }
}

extension VectorMatching {
    var projection: LabelProjection {
        isOn ? .keeping(labels) : .dropping(labels)
    }

    /// Whether the metric name is part of the match.
    var usesName: Bool {
        isOn && labels.contains(Labels.metricNameLabel)
    }
}

extension VectorElement {
    /// The labels that matching considers.
    func labels(for matching: VectorMatching, delayed: Bool) -> Labels {
        dropsName && !delayed && matching.usesName ? labels.removingMetricName() : labels
    }
}
