import Series
import Time

extension Evaluator {
    /// `timestamp`: when the samples of a plain selector were taken; for other vectors, now.
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

    /// Parts of dates, of the values taken as Unix times or of the evaluation time.
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

/// A time in the Gregorian calendar, UTC.
struct CivilTime {
    let year: Int
    /// 1 to 12.
    let month: Int
    /// 1 to 31.
    let day: Int
    /// Since the first of 1970.
    private let days: Int
    private let secondOfDay: Int

    /// Nil for what is no time: NaN, the infinities, and numbers beyond any calendar.
    init?(unixSeconds: Double) {
        // Over thirty million years; keeps the arithmetic below far from its limits.
        guard unixSeconds.magnitude < 1e15 else { return nil }
        let seconds = Int(unixSeconds.rounded(.towardZero))
        days = seconds.flooredQuotient(86_400)
        secondOfDay = seconds - days * 86_400

        // Years are counted from March, so that the leap day is the last one, in cycles of
        // 400 years, which all have 146,097 days.
        let shifted = days + 719_468
        let cycle = shifted.flooredQuotient(146_097)
        let dayOfCycle = shifted - cycle * 146_097
        let yearOfCycle =
            (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0)
    }

    private var isLeapYear: Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    private var daysInMonth: Int {
        switch month {
        case 2: isLeapYear ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private var dayOfYear: Int {
        let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month - 1]
        return before + (isLeapYear && month > 2 ? 1 : 0) + day
    }

    /// 0 is Sunday; the first of 1970 was a Thursday.
    private var dayOfWeek: Int {
        let offset = days + 4
        return offset - offset.flooredQuotient(7) * 7
    }

    /// What the function of that name yields.
    func part(_ function: Function) -> Double {
        switch function {
        case .year: Double(year)
        case .month: Double(month)
        case .dayOfMonth: Double(day)
        case .dayOfYear: Double(dayOfYear)
        case .dayOfWeek: Double(dayOfWeek)
        case .daysInMonth: Double(daysInMonth)
        case .hour: Double(secondOfDay / 3600)
        case .minute: Double(secondOfDay / 60 % 60)
        default: .nan
        }
    }
}

extension Int {
    /// Rounded down, unlike `/`.
    fileprivate func flooredQuotient(_ divisor: Int) -> Int {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
