extension BinaryOperator {
    /// The result for two numbers; meaningless for comparisons and set operators.
    func arithmetic(_ left: Double, _ right: Double) -> Double {
        switch self {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        case .modulo: Mathematics.remainder(left, right)
        case .power: Mathematics.power(left, right)
        case .atan2: Mathematics.atan2(left, right)
        default: .nan
        }
    }

    /// Whether the comparison holds; false for other operators.
    func compares(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        default: false
        }
    }

    /// The result between scalars, where comparisons answer 0 or 1.
    func scalar(_ left: Double, _ right: Double) -> Double {
        isComparison ? (compares(left, right) ? 1 : 0) : arithmetic(left, right)
    }
}
