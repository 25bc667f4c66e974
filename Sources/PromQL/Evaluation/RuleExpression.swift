package import Series
package import Time

/// An expression of a rule, which is evaluated again and again, with what is known of its value
/// before that.
package struct RuleExpression: Sendable {
    package let expression: Expression
    /// The value if it is always the same, such as that of `15 * 60`.
    private let constant: Double?
    /// If one of these has no series, the value is an empty vector.
    private let required: [SelectorMatchers]

    package init(_ expression: Expression) {
        self.expression = expression
        constant = expression.constant
        required = expression.traits.succeeds ? expression.requiredFilters : []
    }

    /// The value as far as it can be known without evaluating the expression.
    fileprivate func knownValue(
        at time: Timestamp,
        in source: some SampleSource,
        _ selections: SharedSelections
    ) -> Value? {
        if let constant { return .scalar(constant, at: time) }
        guard !required.isEmpty, let version = source.seriesVersion, !version.describesMetrics
        else { return nil }
        selections.follow(version)
        for filter in required where selections.series(of: filter)?.isEmpty == true {
            return .vector([])
        }
        return nil
    }
}

extension Engine {
    /// Evaluates an expression of a rule. The series of its selectors are kept in `selections`, and
    /// operands that cannot change the value are left out. So there are no annotations, and fewer
    /// samples are loaded.
    package func value(
        of rule: RuleExpression,
        at time: Timestamp,
        in source: some SampleSource,
        _ selections: SharedSelections,
        interruption: @escaping () -> Interruption?
    ) throws(EvaluationError) -> Value {
        if let known = rule.knownValue(at: time, in: source, selections) { return known }
        let evaluator = Evaluator(
            source: source,
            options: options,
            span: QuerySpan(start: time.milliseconds, end: time.milliseconds, step: 0),
            interruption: interruption
        )
        evaluator.use(selections)
        return try evaluator.instantValue(of: rule.expression, at: time.milliseconds)
    }
}

extension Expression {
    /// The value of a scalar that depends on nothing.
    fileprivate var constant: Double? {
        switch self {
        case .number(let number): return number.value
        case .parentheses(let parentheses): return parentheses.expression.constant
        case .binary(let binary) where binary.valueType == .scalar:
            guard var value = binary.first.constant else { return nil }
            for step in binary.steps {
                guard let operand = step.operand.constant else { return nil }
                value = step.operation.scalar(value, operand)
            }
            return value
        default: return nil
        }
    }

    /// Selectors without any of which there is no element.
    fileprivate var requiredFilters: [SelectorMatchers] {
        switch self {
        case .parentheses(let parentheses): parentheses.expression.requiredFilters
        case .vectorSelector(let selector): [selector.filter]
        case .matrixSelector(let selector): [selector.vector.filter]
        case .aggregation(let aggregation): aggregation.expression.requiredFilters
        case .call(let call): call.requiredFilters
        case .binary(let binary): binary.requiredFilters
        case .number, .string, .subquery, .unary: []
        }
    }
}

extension FunctionCall {
    fileprivate var requiredFilters: [SelectorMatchers] {
        switch function {
        // These have a value where there are no series.
        case .absent, .absentOverTime, .scalar, .vector: []
        default:
            arguments.first { $0.valueType == .rangeVector }.map(\.requiredFilters) ?? []
        }
    }
}

extension BinaryExpression {
    fileprivate var requiredFilters: [SelectorMatchers] {
        var required = first.requiredFilters
        for step in steps {
            switch step.operation {
            case .or: required = []
            case .unless: break
            default:
                guard step.matching?.fills != true else { return [] }
                required += step.operand.requiredFilters
            }
        }
        return required
    }
}
