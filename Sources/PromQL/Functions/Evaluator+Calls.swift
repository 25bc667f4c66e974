import Series

extension Evaluator {
    func evaluate(_ call: FunctionCall, at time: Int64) throws(EvaluationError) -> Operand {
        if let window = try windowFunction(call, at: time) {
            return .vector(try apply(window, to: call, at: time))
        }
        switch call.function {
        case .time, .start, .end, .step, .range, .pi, .scalar, .maxOf, .minOf:
            return .scalar(try scalarFunction(call, at: time))
        case .vector:
            let value = try scalar(call.arguments[0], at: time)
            return .vector(InstantVector(elements: [VectorElement(labels: [:], value: value)]))
        case .absent: return .vector(try absent(call, at: time))
        case .absentOverTime: return .vector(try absentOverTime(call, at: time))
        case .timestamp: return .vector(try timestamps(call, at: time))
        case .year, .month, .dayOfMonth, .dayOfWeek, .dayOfYear, .daysInMonth, .hour, .minute:
            return .vector(try dateFunction(call, at: time))
        case .labelReplace: return .vector(try replaceLabels(call, at: time))
        case .labelJoin: return .vector(try joinLabels(call, at: time))
        case .sort, .sortDesc, .sortByLabel, .sortByLabelDesc:
            return .vector(try sort(call, at: time))
        case .histogramQuantile: return .vector(try histogramQuantile(call, at: time))
        case .histogramQuantiles: return .vector(try histogramQuantiles(call, at: time))
        case .histogramFraction: return .vector(try histogramFraction(call, at: time))
        case .histogramAvg, .histogramCount, .histogramSum, .histogramStddev, .histogramStdvar:
            // These functions apply only to native histograms. The argument is evaluated for its
            // errors.
            _ = try vector(call.arguments[0], at: time)
            return .vector(InstantVector())
        case .info: return .vector(try info(call, at: time))
        default: return .vector(try numberFunction(call, at: time))
        }
    }

    // MARK: Scalars

    private func scalarFunction(
        _ call: FunctionCall,
        at time: Int64
    ) throws(EvaluationError) -> Double {
        switch call.function {
        case .time: return Double(time) / 1000
        case .start: return Double(span.start) / 1000
        case .end: return Double(span.end) / 1000
        case .step: return Double(span.step) / 1000
        case .range: return Double(span.end - span.start) / 1000
        case .scalar:
            let elements = try vector(call.arguments[0], at: time).elements
            return elements.count == 1 ? elements[0].value : .nan
        case .maxOf, .minOf:
            let left = try scalar(call.arguments[0], at: time)
            let right = try scalar(call.arguments[1], at: time)
            // Unlike in the aggregations `min` and `max`, NaN wins.
            if left.isNaN || right.isNaN { return .nan }
            return call.function == .maxOf ? max(left, right) : min(left, right)
        default: return .pi
        }
    }

    // MARK: Functions of one number

    private func numberFunction(
        _ call: FunctionCall,
        at time: Int64
    ) throws(EvaluationError) -> InstantVector {
        var vector = try vector(call.arguments[0], at: time)
        var numbers: [Double] = []
        for argument in call.arguments.dropFirst() {
            numbers.append(try scalar(argument, at: time))
        }
        guard let function = Self.numberFunction(call.function, numbers) else {
            return InstantVector()
        }
        for index in vector.elements.indices {
            vector.elements[index].value = function(vector.elements[index].value)
        }
        try vector.dropNames(delayed: options.delaysNameRemoval)
        return vector
    }

    /// nil if the arguments make the result empty.
    private static func numberFunction(
        _ function: Function,
        _ arguments: [Double]
    ) -> ((Double) -> Double)? {
        switch function {
        case .abs: return { $0.magnitude }
        case .ceil: return { $0.rounded(.up) }
        case .floor: return { $0.rounded(.down) }
        case .sqrt: return { $0.squareRoot() }
        case .sgn: return { $0 < 0 ? -1 : $0 > 0 ? 1 : $0 }
        case .rad: return { $0 * .pi / 180 }
        case .deg: return { $0 * 180 / .pi }
        case .round:
            // Multiplying by the inverse is more accurate for fractions such as 0.1, and it is what
            // Prometheus does.
            let inverse = 1 / (arguments.first ?? 1)
            return { ($0 * inverse + 0.5).rounded(.down) / inverse }
        case .clamp: return clamp(arguments[0], arguments[1])
        case .clampMin: return clamp(arguments[0], .infinity)
        case .clampMax: return clamp(-.infinity, arguments[0])
        default: return Mathematics.function(function)
        }
    }

    private static func clamp(_ lowest: Double, _ highest: Double) -> ((Double) -> Double)? {
        if highest < lowest { return nil }
        return { value in
            if value.isNaN || lowest.isNaN || highest.isNaN { return .nan }
            return max(lowest, min(highest, value))
        }
    }
}
