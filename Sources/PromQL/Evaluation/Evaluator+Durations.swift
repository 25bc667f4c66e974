import Series

extension Evaluator {
    /// The value of a duration. One that depends on `step()` or `range()` can be checked only here,
    /// with the messages of the parser.
    func milliseconds(
        of span: TimeSpan,
        mustBePositive: Bool
    ) throws(EvaluationError) -> Int64 {
        guard case .computed(let expression) = span else {
            if case .fixed(let milliseconds) = span { return milliseconds }
            return 0
        }
        let seconds = try seconds(expression)
        if mustBePositive, !(seconds > 0) {
            throw .invalidArgument("duration must be greater than 0")
        }
        // The range of Go's `time.Duration`; NaN fails the comparison too.
        guard seconds.magnitude <= 0x1p63 / 1e9 else {
            throw .invalidArgument("duration is out of range")
        }
        let milliseconds = Int64((seconds * 1000).rounded(.towardZero))
        guard !mustBePositive || milliseconds > 0 else {
            throw .invalidArgument("duration must be greater than 0")
        }
        return milliseconds
    }

    private func seconds(_ expression: DurationExpression) throws(EvaluationError) -> Double {
        switch expression {
        case .literal(let number): return number.value
        case .step: return Double(span.step) / 1000
        case .range: return Double(span.end - span.start) / 1000
        case .negation(let operand): return -(try seconds(operand))
        case .parentheses(let inner): return try seconds(inner)
        case .minimum(let left, let right):
            return min(try seconds(left), try seconds(right))
        case .maximum(let left, let right):
            return max(try seconds(left), try seconds(right))
        case .binary(let operation, let left, let right):
            let (left, right) = (try seconds(left), try seconds(right))
            if operation == .divide, right == 0 { throw .invalidArgument("division by zero") }
            if operation == .modulo, right == 0 { throw .invalidArgument("modulo by zero") }
            return operation.arithmetic(left, right)
        }
    }
}
