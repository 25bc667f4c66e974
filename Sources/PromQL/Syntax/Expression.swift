/// A parsed and type-checked expression of the query language.
///
/// Parentheses are kept, so that the normal form, which `description` gives, reads as written.
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

package struct NumberLiteral: Sendable {
    package var value: Double
    /// Written as a duration (`5m`); the value is in seconds.
    package var isDuration: Bool
    package var origin: SourceOrigin

    package init(_ value: Double, isDuration: Bool = false, origin: SourceOrigin = SourceOrigin()) {
        self.value = value
        self.isDuration = isDuration
        self.origin = origin
    }

    /// NaN has no sign: there is only one way to write it.
    mutating func negate() {
        if !value.isNaN { value.negate() }
    }
}

/// By bits: a literal NaN equals itself.
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
    /// Bytes that are no UTF-8 (escapes like `\xff` can make them) are replaced by U+FFFD.
    package var value: String
    /// False if such bytes were there: the text can be no label name.
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

package struct BinaryExpression: Hashable, Sendable {
    package var operation: BinaryOperator
    package var left: Expression
    package var right: Expression
    /// The comparison answers 0 or 1 instead of filtering.
    package var returnsBool: Bool
    /// Nil unless both operands are instant vectors.
    package var matching: VectorMatching?
    /// Of the operator.
    package var operatorOrigin: SourceOrigin
}

/// How the elements of two instant vectors are paired.
package struct VectorMatching: Hashable, Sendable {
    package enum Cardinality: Hashable, Sendable {
        case oneToOne, manyToOne, oneToMany, manyToMany
    }

    package var cardinality = Cardinality.oneToOne
    /// Those of `on` or of `ignoring`.
    package var labels: [String] = []
    package var isOn = false
    /// Labels that the result takes from the "one" side.
    package var included: [String] = []
    /// The value that stands for a missing element of that side.
    package var fillLeft: Double?
    package var fillRight: Double?

    package init() {}
}

package struct Aggregation: Hashable, Sendable {
    package var operation: AggregationOperator
    package var expression: Expression
    package var parameter: Expression?
    package var grouping: [String]
    /// The grouping names the labels to drop, not those to keep.
    package var isWithout: Bool
    package var origin: SourceOrigin
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
        case .binary(let binary):
            binary.left.valueType == .scalar && binary.right.valueType == .scalar
                ? .scalar : .instantVector
        case .call(let call): call.function.signature.result
        }
    }

    /// Where the expression begins.
    package var position: SourcePosition {
        switch self {
        case .number(let number): number.origin.position
        case .string(let string): string.origin.position
        case .vectorSelector(let selector): selector.origin.position
        case .matrixSelector(let selector): selector.vector.origin.position
        case .subquery(let subquery): subquery.expression.position
        case .parentheses(let parentheses): parentheses.origin.position
        case .unary(let unary): unary.origin.position
        case .binary(let binary): binary.left.position
        case .aggregation(let aggregation): aggregation.origin.position
        case .call(let call): call.origin.position
        }
    }

    /// The expressions that this one is made of, in the order of the text.
    package var children: [Expression] {
        switch self {
        case .number, .string, .vectorSelector, .matrixSelector: []
        case .subquery(let subquery): [subquery.expression]
        case .parentheses(let parentheses): [parentheses.expression]
        case .unary(let unary): [unary.operand]
        case .binary(let binary): [binary.left, binary.right]
        case .aggregation(let aggregation):
            if let parameter = aggregation.parameter {
                [parameter, aggregation.expression]
            } else {
                [aggregation.expression]
            }
        case .call(let call): call.arguments
        }
    }

    /// Without the parentheses around it.
    package var unwrapped: Expression {
        if case .parentheses(let parentheses) = self { return parentheses.expression.unwrapped }
        return self
    }

    /// All vector selectors inside, those of range vectors included, in the order of the text.
    package var selectors: [VectorSelector] {
        switch self {
        case .vectorSelector(let selector): [selector]
        case .matrixSelector(let selector): [selector.vector]
        default: children.flatMap(\.selectors)
        }
    }
}
