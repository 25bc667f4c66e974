import Series
import Time

extension Evaluator {
    /// `timestamp`: for a plain selector the times of its samples, for any other vector the
    /// evaluation time.
    func timestamps(
        _ call: FunctionCall,
        at time: Int64
    ) throws(EvaluationError) -> InstantVector {
        guard case .vectorSelector(let selector) = call.arguments[0].unwrapped else {
            var vector = try vector(call.arguments[0], at: time)
            for index in vector.elements.indices {
                vector.elements[index].value = Double(time) / 1000
            }
            try vector.dropNames(delayed: options.delaysNameRemoval)
            return vector
        }
        var vector = InstantVector(mixesNames: !selector.namesOneMetric)
        try forEachCurrentSample(of: selector, at: time) { labels, sample in
            vector.elements.append(VectorElement(labels: labels, value: sample.timestamp.seconds))
        }
        try vector.dropNames(delayed: options.delaysNameRemoval)
        return vector
    }

    /// Date functions, applied to values as Unix times or, without an argument, to the evaluation
    /// time.
    func dateFunction(
        _ call: FunctionCall,
        at time: Int64
    ) throws(EvaluationError) -> InstantVector {
        guard let argument = call.arguments.first else {
            let seconds = Double(time / 1000)
            let value = CivilTime(unixSeconds: seconds)?.part(call.function) ?? .nan
            return InstantVector(elements: [VectorElement(labels: [:], value: value)])
        }
        var vector = try vector(argument, at: time)
        for index in vector.elements.indices {
            let civil = CivilTime(unixSeconds: vector.elements[index].value)
            vector.elements[index].value = civil?.part(call.function) ?? .nan
        }
        try vector.dropNames(delayed: options.delaysNameRemoval)
        return vector
    }
}

extension CivilTime {
    /// Truncated to seconds. nil for values that are not times: NaN, infinities, and numbers beyond
    /// thirty million years, which no `Timestamp` can hold.
    fileprivate init?(unixSeconds: Double) {
        guard unixSeconds.magnitude < 1e15 else { return nil }
        self.init(Timestamp(milliseconds: Int64(unixSeconds) * 1000))
    }

    /// The part of the date that the function returns.
    fileprivate func part(_ function: Function) -> Double {
        switch function {
        case .year: Double(date.year)
        case .month: Double(date.month)
        case .dayOfMonth: Double(date.day)
        case .dayOfYear: Double(date.dayOfYear)
        case .dayOfWeek: Double(date.dayOfWeek)
        case .daysInMonth: Double(date.daysInMonth)
        case .hour: Double(time.hour)
        case .minute: Double(time.minute)
        default: .nan
        }
    }
}
