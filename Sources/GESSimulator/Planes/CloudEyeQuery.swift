import Time

/// A time range of one metric, as both query APIs request it.
struct CloudEyeQuery: Sendable {
    enum Filter: String, CaseIterable, Sendable {
        case average, max, min, sum, variance
    }

    struct Point: Hashable, Sendable {
        let time: Timestamp
        let value: Double
    }

    /// Cloud Eye's error for any invalid query.
    static func invalid(_ text: String) -> ServiceError {
        ServiceError(
            "ces.0014",
            "Some content in message body is not correct, error message: \(text)"
        )
    }

    /// Periods, and the longest range that Cloud Eye answers for each: it moves `from` silently.
    private static let spans: [Int64: Duration] = [
        1: .seconds(4 * 3600), 60: .seconds(4 * 3600), 300: .seconds(86_400),
        1200: .seconds(3 * 86_400), 3600: .seconds(10 * 86_400), 14_400: .seconds(30 * 86_400),
        86_400: .seconds(180 * 86_400),
    ]
    private static let milliseconds: ClosedRange<Int64> = 1_111_111_111_111...9_999_999_999_999

    let from: Timestamp
    let to: Timestamp
    let period: Duration
    let filter: Filter

    init(from: Int64?, to: Int64?, period: String?, filter: String?) throws(ServiceError) {
        guard let from, let to, Self.milliseconds.contains(from), Self.milliseconds.contains(to),
            from < to
        else { throw Self.invalid("[from, to]") }
        guard let number = period.flatMap({ Int64($0) }), let span = Self.spans[number] else {
            throw Self.invalid("[period]")
        }
        guard let filter = filter.flatMap({ Filter(rawValue: $0) }) else {
            throw Self.invalid("[filter]")
        }
        self.to = Timestamp(milliseconds: to)
        self.from = max(Timestamp(milliseconds: from), self.to - span)
        self.period = number == 1 ? SimulatedMetric.rawPeriod : .seconds(number)
        self.filter = filter
    }

    /// One point per period that holds any value; `from` is rounded down to the period.
    func points(
        of metric: SimulatedMetric,
        _ graph: SimulatedGraph,
        newest: Timestamp
    ) -> [Point] {
        let step = period.wholeMilliseconds
        var start = from.milliseconds.flooredDivision(by: step).quotient * step
        var points: [Point] = []
        while start < to.milliseconds {
            let values = rawMoments(in: start..<(start + step), newest: newest)
                .compactMap { metric.value(of: graph, at: $0) }
            if !values.isEmpty {
                points.append(
                    Point(time: Timestamp(milliseconds: start), value: combined(values))
                )
            }
            start += step
        }
        return points
    }

    /// How many points one metric can have.
    var pointsMaximum: Int64 {
        (to - from).wholeMilliseconds / period.wholeMilliseconds + 1
    }

    /// Ten raw values represent a long period.
    private func rawMoments(in span: Range<Int64>, newest: Timestamp) -> [Timestamp] {
        stride(
            from: span.lowerBound,
            to: min(span.upperBound, newest.milliseconds),
            by: Int(max(SimulatedMetric.rawPeriod.wholeMilliseconds, period.wholeMilliseconds / 10))
        ).map { Timestamp(milliseconds: $0) }
    }

    private func combined(_ values: [Double]) -> Double {
        let sum = values.reduce(0, +)
        let average = sum / Double(values.count)
        switch filter {
        case .average: return average
        case .sum: return sum
        case .max: return values.max() ?? 0
        case .min: return values.min() ?? 0
        case .variance:
            let squares = values.reduce(0) { $0 + ($1 - average) * ($1 - average) }
            return squares / Double(values.count)
        }
    }
}
