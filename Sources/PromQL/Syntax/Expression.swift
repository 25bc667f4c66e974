import Series

/// A parsed and type-checked expression of the query language.
///
/// Parentheses are kept as nodes, so that the canonical form, which is `description`, preserves
/// them.
package indirect enum Expression: Hashable, Sendable {
    case number(NumberLiteral)
    case string(StringLiteral)
    case vectorSelector(VectorSelector)
    case matrixSelector(MatrixSelector)
    case subquery(Subquery)
    case parentheses(Parentheses)
    case unary(UnaryExpression)
    case binary(BinaryExpression)
    case aggregation(Aggregation)
    case call(FunctionCall)
}

/// A number, including one with a sign: `-1` is a literal, not a unary expression.
package struct NumberLiteral: Sendable {
    package var value: Double
    /// Whether the number was written as a duration (`5m`). The value is in seconds.
    package var isDuration: Bool
    package var origin: SourceOrigin

    package init(_ value: Double, isDuration: Bool = false, origin: SourceOrigin = SourceOrigin()) {
        self.value = value
        self.isDuration = isDuration
        self.origin = origin
    }

    /// NaN is not negated: there is only one way to write it.
    mutating func negate() {
        if !value.isNaN { value.negate() }
    }
}

/// Compares by bits, so that a literal NaN equals itself.
extension NumberLiteral: Hashable {
    package static func == (left: NumberLiteral, right: NumberLiteral) -> Bool {
        left.value.bitPattern == right.value.bitPattern && left.isDuration == right.isDuration
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(value.bitPattern)
        hasher.combine(isDuration)
    }
}

package struct StringLiteral: Hashable, Sendable {
    /// The text. Bytes that are not UTF-8, which escapes such as `\xff` can produce, are replaced
    /// by U+FFFD.
    package var value: String
    /// False if bytes were replaced: such a text cannot be a label name.
    package var isWellFormed: Bool
    package var origin: SourceOrigin

    package init(_ value: String, isWellFormed: Bool = true, origin: SourceOrigin = SourceOrigin())
    {
        self.value = value
        self.isWellFormed = isWellFormed
        self.origin = origin
    }
}

package struct Parentheses: Hashable, Sendable {
    package var expression: Expression
    package var origin: SourceOrigin
}

package struct UnaryExpression: Hashable, Sendable {
    package var isNegation: Bool
    package var operand: Expression
    package var origin: SourceOrigin
}

/// Operations applied from left to right to a first operand: `a or b or c`, `a * b + c`.
///
/// A chain is flat rather than nested to the left, so that its length is not depth for code that
/// walks the tree recursively, the release of its memory included.
package struct BinaryExpression: Hashable, Sendable {
    /// Never a binary expression itself.
    package private(set) var first: Expression
    /// Never empty.
    package private(set) var steps: [Step]
    package private(set) var valueType: ValueType
    /// Kept rather than computed, because every step depends on all before it.
    private(set) var traits: ResultTraits

    /// An operator with its right operand. The left operand is the value of everything before it.
    package struct Step: Hashable, Sendable {
        package var operation: BinaryOperator
        package var operand: Expression
        /// Whether the comparison returns 0 or 1 instead of filtering (`bool`).
        package var returnsBool: Bool
        /// nil unless both operands are instant vectors.
        package var matching: VectorMatching?
        /// The position of the operator.
        package var operatorOrigin: SourceOrigin
        /// Kept for the evaluation: see the property of that name.
        fileprivate(set) var isNeedlessAfterNothing = false
        /// The labels by which elements are matched. Made once, because rules use it for ever.
        fileprivate(set) var projection = LabelProjection.dropping([])

        package init(
            operation: BinaryOperator,
            operand: Expression,
            returnsBool: Bool,
            matching: VectorMatching?,
            operatorOrigin: SourceOrigin
        ) {
            self.operation = operation
            self.operand = operand
            self.returnsBool = returnsBool
            self.matching = matching
            self.operatorOrigin = operatorOrigin
        }
    }

    package init(_ left: Expression, _ step: Step) {
        if case .binary(let chain) = left {
            self = chain
        } else {
            (first, steps, valueType) = (left, [], left.valueType)
            traits = left.traits
        }
        append(step)
    }

    private init(_ first: Expression, _ steps: some Sequence<Step>) {
        (self.first, self.steps, valueType) = (first, [], first.valueType)
        traits = first.traits
        for step in steps { append(step) }
    }

    mutating func append(_ step: Step) {
        var step = step
        step.isNeedlessAfterNothing = step.keepsEmptyLeftEmpty
        if let matching = step.matching { step.projection = matching.projection }
        traits = traits.followed(by: step, leftIsScalar: valueType == .scalar)
        let isScalar = valueType == .scalar && step.operand.valueType == .scalar
        valueType = isScalar ? .scalar : .instantVector
        steps.append(step)
    }

    /// All operands, from left to right.
    package var operands: [Expression] { [first] + steps.map(\.operand) }

    /// The same operations on other operands of the same types.
    package func mapOperands(_ transform: (Expression) -> Expression) -> BinaryExpression {
        BinaryExpression(
            transform(first),
            steps.map { step in
                var changed = step
                changed.operand = transform(step.operand)
                return changed
            }
        )
    }

    /// The left operand of a step.
    package func left(ofStep index: Int) -> Expression {
        index > 0 ? .binary(BinaryExpression(first, steps[..<index])) : first
    }
}

/// How elements of two instant vectors are matched.
package struct VectorMatching: Hashable, Sendable {
    package enum Cardinality: Hashable, Sendable {
        case oneToOne, manyToOne, oneToMany, manyToMany
    }

    package var cardinality = Cardinality.oneToOne
    /// The labels of `on` or `ignoring`.
    package var labels: [String] = []
    package var isOn = false
    /// The labels of `group_left` or `group_right`, copied from the "one" side.
    package var included: [String] = []
    /// The value that replaces missing elements of that side (`fill`).
    package var fillLeft: Double?
    package var fillRight: Double?

    package init() {}
}

package struct Aggregation: Hashable, Sendable {
    package var operation: AggregationOperator
    package var expression: Expression
    package var parameter: Expression?
    package let grouping: [String]
    /// Whether `grouping` lists the labels to drop (`without`) rather than to keep (`by`).
    package let isWithout: Bool
    package var origin: SourceOrigin
    /// `grouping` in a form that is quick to apply. Made once, because rules use it for ever.
    let projection: LabelProjection

    init(
        operation: AggregationOperator,
        expression: Expression,
        parameter: Expression?,
        grouping: [String],
        isWithout: Bool,
        origin: SourceOrigin
    ) {
        self.operation = operation
        self.expression = expression
        self.parameter = parameter
        self.grouping = grouping
        self.isWithout = isWithout
        self.origin = origin
        projection = isWithout ? .dropping(grouping) : .keeping(grouping)
    }

    /// The same aggregation by other labels.
    func grouped(by grouping: [String]) -> Aggregation {
        Aggregation(
            operation: operation,
            expression: expression,
            parameter: parameter,
            grouping: grouping,
            isWithout: isWithout,
            origin: origin
        )
    }
}

package struct FunctionCall: Hashable, Sendable {
    package var function: Function
    package var arguments: [Expression]
    package var origin: SourceOrigin
}

extension Expression {
    package var valueType: ValueType {
        switch self {
        case .number: .scalar
        case .string: .string
        case .vectorSelector, .aggregation: .instantVector
        case .matrixSelector, .subquery: .rangeVector
        case .parentheses(let parentheses): parentheses.expression.valueType
        case .unary(let unary): unary.operand.valueType
        case .binary(let binary): binary.valueType
        case .call(let call): call.function.signature.result
        }
    }

    /// The start of the expression in its source text.
    package var position: SourcePosition {
        switch self {
        case .number(let number): number.origin.position
        case .string(let string): string.origin.position
        case .vectorSelector(let selector): selector.origin.position
        case .matrixSelector(let selector): selector.vector.origin.position
        case .subquery(let subquery): subquery.expression.position
        case .parentheses(let parentheses): parentheses.origin.position
        case .unary(let unary): unary.origin.position
        case .binary(let binary): binary.first.position
        case .aggregation(let aggregation): aggregation.origin.position
        case .call(let call): call.origin.position
        }
    }

    /// The direct subexpressions, in source order.
    package var children: [Expression] {
        switch self {
        case .number, .string, .vectorSelector, .matrixSelector: []
        case .subquery(let subquery): [subquery.expression]
        case .parentheses(let parentheses): [parentheses.expression]
        case .unary(let unary): [unary.operand]
        case .binary(let binary): binary.operands
        case .aggregation(let aggregation):
            if let parameter = aggregation.parameter {
                [parameter, aggregation.expression]
            } else {
                [aggregation.expression]
            }
        case .call(let call): call.arguments
        }
    }

    /// The expression without enclosing parentheses.
    package var unwrapped: Expression {
        if case .parentheses(let parentheses) = self { return parentheses.expression.unwrapped }
        return self
    }

    /// All vector selectors, including those of range vectors, in source order.
    package var selectors: [VectorSelector] {
        switch self {
        case .vectorSelector(let selector): [selector]
        case .matrixSelector(let selector): [selector.vector]
        default: children.flatMap(\.selectors)
        }
    }
}
