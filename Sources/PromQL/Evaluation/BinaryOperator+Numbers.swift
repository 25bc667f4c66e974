extension BinaryOperator {
    /// The arithmetic result; meaningless for comparisons and set operators.
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

    /// The result of the comparison; false for other operators.
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

    /// The result between two scalars, where comparisons return 0 or 1.
    func scalar(_ left: Double, _ right: Double) -> Double {
        isComparison ? (compares(left, right) ? 1 : 0) : arithmetic(left, right)
    }
}
