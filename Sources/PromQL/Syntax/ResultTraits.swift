import Series

/// What is known of an expression's result before it is evaluated, provided that no series has the
/// labels `__type__` and `__unit__`.
///
/// An operand of a rule that cannot change the result is not evaluated: most rules begin with a
/// condition that holds for no graph. But an operand that may fail must be, because the error is
/// the result of the rule. So only what is certain counts, and what is not known is false.
struct ResultTraits: Hashable, Sendable {
    /// Whether evaluation cannot fail, limits of time and memory aside.
    var succeeds = false
    /// Whether no two elements differ only in their metric names.
    var separatesNames = false
    /// Whether no element has a metric name.
    var isNameless = false
    /// Whether there is at most one element, and it has no labels.
    var isSingle = false

    static let scalar = ResultTraits(
        succeeds: true,
        separatesNames: true,
        isNameless: true,
        isSingle: true
    )

    private var isPlain: Bool { succeeds && separatesNames }

    /// The same without metric names, which fails if elements become equal.
    fileprivate var namesDropped: ResultTraits {
        ResultTraits(
            succeeds: isPlain,
            separatesNames: true,
            isNameless: true,
            isSingle: isSingle
        )
    }

    /// The traits of the result of a step whose left operand has these traits.
    func followed(by step: BinaryExpression.Step, leftIsScalar: Bool) -> ResultTraits {
        let right = step.operand.traits
        let rightIsScalar = step.operand.valueType == .scalar
        if leftIsScalar, rightIsScalar {
            return ResultTraits.scalar.given(succeeds && right.succeeds)
        }
        let keepsNames = step.operation.isComparison && !step.returnsBool
        if leftIsScalar || rightIsScalar {
            let vector = leftIsScalar ? right : self
            return (keepsNames ? vector : vector.namesDropped).given(succeeds && right.succeeds)
        }
        switch step.operation {
        case .and, .unless: return given(right.succeeds)
        case .or:
            let isNameless = isNameless && right.isNameless
            return ResultTraits(
                succeeds: succeeds && right.succeeds,
                separatesNames: isNameless && separatesNames && right.separatesNames,
                isNameless: isNameless,
                isSingle: isSingle && right.isSingle
            )
        default:
            return joined(with: right, step, keepsNames: keepsNames)
        }
    }

    /// An operation between two vectors cannot fail if the side that must be unique is.
    private func joined(
        with right: ResultTraits,
        _ step: BinaryExpression.Step,
        keepsNames: Bool
    ) -> ResultTraits {
        guard let matching = step.matching, matching.included.isEmpty, !matching.fills,
            matching.cardinality == .manyToOne || matching.cardinality == .oneToMany
        else { return ResultTraits() }
        let (many, one) = matching.cardinality == .manyToOne ? (self, right) : (right, self)
        guard one.isSingle else { return ResultTraits() }
        return (keepsNames ? many : many.namesDropped).given(one.succeeds)
    }

    private func given(_ condition: Bool) -> ResultTraits {
        var traits = self
        traits.succeeds = succeeds && condition
        return traits
    }
}

extension BinaryExpression.Step {
    /// Whether a vector without elements on the left makes the result empty, whatever is on the
    /// right, if that cannot fail.
    var keepsEmptyLeftEmpty: Bool {
        operation != .or && operand.valueType == .instantVector && matching?.fills != true
            && operand.traits.succeeds
    }
}

extension Expression {
    var traits: ResultTraits {
        switch self {
        case .number, .string: .scalar
        case .parentheses(let parentheses): parentheses.expression.traits
        case .vectorSelector(let selector): selector.traits
        case .matrixSelector, .subquery: ResultTraits()
        case .unary(let unary):
            unary.operand.valueType == .scalar
                ? unary.operand.traits : unary.operand.traits.namesDropped
        case .binary(let binary): binary.traits
        case .aggregation(let aggregation): aggregation.traits
        case .call(let call): call.traits
        }
    }
}

extension VectorSelector {
    fileprivate var traits: ResultTraits {
        guard rangeExtension == nil, modifiers.offset.isFixed else { return ResultTraits() }
        return ResultTraits(succeeds: true, separatesNames: namesOneMetric)
    }
}

extension TimeSpan {
    fileprivate var isFixed: Bool {
        if case .fixed = self { true } else { false }
    }
}

extension Aggregation {
    fileprivate var traits: ResultTraits {
        switch operation {
        case .sum, .avg, .count, .min, .max, .group, .stddev, .stdvar: break
        case .quantile where parameter?.traits.succeeds == true: break
        default: return ResultTraits()
        }
        let keepsNames = !isWithout && grouping.contains(Labels.metricNameLabel)
        return ResultTraits(
            succeeds: expression.traits.succeeds,
            separatesNames: !keepsNames,
            isNameless: !keepsNames,
            isSingle: !isWithout && grouping.isEmpty
        )
    }
}

extension FunctionCall {
    /// The arguments may be too few: they are checked once the whole expression was read.
    fileprivate var traits: ResultTraits {
        switch function {
        case .time, .pi: return .scalar
        default: break
        }
        guard let first = arguments.first else { return ResultTraits() }
        switch function {
        case .vector, .scalar:
            var traits = ResultTraits.scalar
            traits.succeeds = first.traits.succeeds
            return traits
        case .avgOverTime, .changes, .countOverTime, .delta, .deriv, .idelta, .increase, .irate,
            .madOverTime, .maxOverTime, .minOverTime, .presentOverTime, .rate, .resets,
            .stddevOverTime, .stdvarOverTime, .sumOverTime, .tsOfFirstOverTime, .tsOfLastOverTime,
            .tsOfMaxOverTime, .tsOfMinOverTime:
            return first.windowTraits.namesDropped
        case .firstOverTime, .lastOverTime: return first.windowTraits
        case .quantileOverTime where arguments.count == 2 && first.traits.succeeds:
            return arguments[1].windowTraits.namesDropped
        default: return ResultTraits()
        }
    }
}

extension Expression {
    /// Of the series of a range.
    fileprivate var windowTraits: ResultTraits {
        guard case .matrixSelector(let selector) = unwrapped, selector.range.isFixed else {
            return ResultTraits()
        }
        return selector.vector.traits
    }
}
