/// A binary operator; the raw value is its canonical spelling.
package enum BinaryOperator: String, CaseIterable, Hashable, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case power = "^"
    case atan2
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case and
    case or
    case unless

    package var isComparison: Bool {
        switch self {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
        default: false
        }
    }

    package var isSetOperator: Bool {
        self == .and || self == .or || self == .unless
    }

    /// Arithmetic changes the meaning of a metric, so its result has no metric name.
    package var isArithmetic: Bool { !isComparison && !isSetOperator }

    /// A higher precedence binds tighter.
    var precedence: Int {
        switch self {
        case .or: 1
        case .and, .unless: 2
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: 3
        case .add, .subtract: 4
        case .multiply, .divide, .modulo, .atan2: BinaryOperator.unaryPrecedence
        case .power: 6
        }
    }

    /// A sign binds like `*`, so `-2^2` is `-(2^2)`.
    static let unaryPrecedence = 5

    /// All other operators are left-associative.
    var isRightAssociative: Bool { self == .power }
}

/// An aggregation operator; the raw value is its name.
package enum AggregationOperator: String, CaseIterable, Hashable, Sendable {
    case sum, avg, count, min, max, group, stddev, stdvar, topk, bottomk, quantile
    case countValues = "count_values"
    case limitk
    case limitRatio = "limit_ratio"

    /// The type of the parameter before the vector, if the operator takes one.
    package var parameterType: ValueType? {
        switch self {
        case .topk, .bottomk, .quantile, .limitk, .limitRatio: .scalar
        case .countValues: .string
        case .sum, .avg, .count, .min, .max, .group, .stddev, .stdvar: nil
        }
    }

    package var isExperimental: Bool {
        self == .limitk || self == .limitRatio
    }
}
