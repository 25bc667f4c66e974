import Series

extension Evaluator {
    func absent(_ call: FunctionCall, at time: Int64) throws(EvaluationError) -> InstantVector {
        let isPresent = !(try vector(call.arguments[0], at: time).elements.isEmpty)
        return isPresent ? InstantVector() : Self.absence(of: call.arguments[0])
    }

    func absentOverTime(
        _ call: FunctionCall,
        at time: Int64
    ) throws(EvaluationError) -> InstantVector {
        var isPresent = false
        try forEachWindow(of: call.arguments[0], at: time) { _, _ in isPresent = true }
        return isPresent ? InstantVector() : Self.absence(of: call.arguments[0])
    }

    /// The value 1 with the labels that a missing series would certainly have: those fixed by
    /// exactly one equality matcher.
    private static func absence(of expression: Expression) -> InstantVector {
        let matchers: [LabelMatcher] =
            switch expression {
            case .vectorSelector(let selector): selector.matchers
            case .matrixSelector(let selector): selector.vector.matchers
            default: []
            }
        let others = matchers.filter { $0.name != Labels.metricNameLabel }
        let certain = others.compactMap { matcher -> Label? in
            guard case .equal(let value) = matcher.condition,
                others.count(where: { $0.name == matcher.name }) == 1
            else { return nil }
            return Label(name: matcher.name, value: value)
        }
        return InstantVector(elements: [VectorElement(labels: Labels(certain), value: 1)])
    }
}
