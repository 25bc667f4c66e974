import GoText
import PromQL
import Series
import Time

/// Compares the result of a query with the expected one.
struct ResultComparison {
    let tolerance: Tolerance

    /// Empty if the value is as expected.
    ///
    /// - Parameter time: when the query was evaluated.
    func differences(
        of value: Value,
        from expectation: Expectation,
        at time: EvaluationTime
    ) -> [Difference] {
        switch (value, expectation.result) {
        case (.scalar(let actual, _), .scalar(let expected)):
            return compare(actual, expected)
        case (.string(let actual), .string(let expected)):
            return actual == expected
                ? [] : Difference.expected(expected.goQuoted, got: actual.goQuoted)
        case (.vector(let actual), .series(let expected)):
            return compareVector(actual, expected, isOrdered: expectation.isOrdered)
        case (.matrix(let actual), .rangeVector(let expected, let from, let through, let step)):
            let times = EvaluationTime.range(from: from, through: through, step: step)
            return compareMatrix(actual, expected, times)
        case (.matrix(let actual), .series(let expected)):
            return compareMatrix(actual, expected, time)
        default:
            return Difference.expected(expectation.result.summary, got: value.summary)
        }
    }

    private func compare(_ actual: Double, _ expected: Double) -> [Difference] {
        tolerance.accepts(actual, for: expected)
            ? [] : Difference.expected(expected.scriptText, got: actual.scriptText)
    }

    private func compareVector(
        _ actual: [VectorSample],
        _ expected: [ExpectedSeries],
        isOrdered: Bool
    ) -> [Difference] {
        var differences: [Difference] = []
        var places: [Labels: Int] = [:]
        for (place, sample) in actual.enumerated() where places[sample.labels] == nil {
            places[sample.labels] = place
        }
        if places.count < actual.count {
            differences.append(.remark("the vector has several elements with equal labels"))
        }
        for (place, series) in expected.enumerated() {
            let line = series.labels.seriesDescription + " " + series.valuesText
            guard let found = places.removeValue(forKey: series.labels) else {
                differences.append(Difference(side: .missing, text: line))
                continue
            }
            let got = actual[found].labels.seriesDescription + " " + actual[found].value.scriptText
            if !series.hasOneValue(closeTo: actual[found].value, tolerance) {
                differences += Difference.expected(line, got: got)
            } else if isOrdered, found != place {
                differences += Difference.expected(
                    "\(line)   at position \(place + 1)",
                    got: "\(got)   at position \(found + 1)"
                )
            }
        }
        for sample in actual where places[sample.labels] != nil {
            let line = sample.labels.seriesDescription + " " + sample.value.scriptText
            differences.append(Difference(side: .unexpected, text: line))
        }
        return differences
    }

    private func compareMatrix(
        _ actual: [SeriesPoints],
        _ expected: [ExpectedSeries],
        _ time: EvaluationTime
    ) -> [Difference] {
        guard case .range(let start, let end, let step) = time else {
            return [.remark("got a range vector; say \"expect range vector from … to … step …\"")]
        }
        let grid = StepGrid(
            start: start.milliseconds,
            end: end.milliseconds,
            step: step.wholeMilliseconds
        )
        var differences: [Difference] = []
        if let (earlier, later) = zip(actual, actual.dropFirst()).first(where: { $1 < $0 }) {
            differences.append(
                .remark("not sorted by labels: \(earlier.labels) before \(later.labels)")
            )
        }
        var remaining = Dictionary(actual.map { ($0.labels, $0.points) }) { first, _ in first }
        if remaining.count < actual.count {
            differences.append(.remark("the matrix has several series with equal labels"))
        }
        for series in expected {
            let points = remaining.removeValue(forKey: series.labels)
            differences += compare(points, series, grid)
        }
        for series in actual where remaining[series.labels] != nil {
            let line = series.labels.seriesDescription + " " + grid.text(of: series.points)
            differences.append(Difference(side: .unexpected, text: line))
        }
        return differences
    }

    private func compare(
        _ points: [Sample]?,
        _ series: ExpectedSeries,
        _ grid: StepGrid
    ) -> [Difference] {
        let expected = grid.points(of: series.values)
        let line = series.labels.seriesDescription + " " + series.valuesText
        guard let points else { return [Difference(side: .missing, text: line)] }
        let isEqual =
            points.count == expected.count
            && zip(points, expected).allSatisfy {
                $0.timestamp == $1.timestamp && tolerance.accepts($0.value, for: $1.value)
            }
        guard !isEqual else { return [] }
        return Difference.expected(
            line,
            got: series.labels.seriesDescription + " " + grid.text(of: points)
        )
    }
}

/// The evaluation times of a range query; the expected values correspond to them in order.
private struct StepGrid {
    let start: Int64
    let end: Int64
    let step: Int64

    func points(of values: [SeriesNotation.Value]) -> [Sample] {
        values.enumerated().compactMap { index, value in
            guard case .number(let number) = value else { return nil }
            let time = Timestamp(milliseconds: start + Int64(index) * step)
            return Sample(timestamp: time, value: number)
        }
    }

    /// The points in series notation, followed by those that are not on the grid.
    func text(of points: [Sample]) -> String {
        var words: [String] = []
        var strays: [String] = []
        for point in points {
            let (index, rest) = (point.timestamp.milliseconds - start)
                .quotientAndRemainder(dividingBy: step)
            guard rest == 0, index >= 0, point.timestamp.milliseconds <= end else {
                strays.append("\(point.value.scriptText) @ \(point.timestamp.seconds.scriptText)")
                continue
            }
            let gaps = max(0, Int(index) - words.count)
            words += Array(repeating: "_", count: gaps) + [point.value.scriptText]
        }
        return (words + strays).joined(separator: " ")
    }
}

extension ExpectedSeries {
    fileprivate var valuesText: String {
        values.map { value in
            switch value {
            case .gap: "_"
            case .number(let number): number.scriptText
            case .histogram: "{{…}}"
            }
        }.joined(separator: " ")
    }

    fileprivate func hasOneValue(closeTo actual: Double, _ tolerance: Tolerance) -> Bool {
        guard values.count == 1, case .number(let expected) = values[0] else { return false }
        return tolerance.accepts(actual, for: expected)
    }
}

extension SeriesPoints {
    fileprivate static func < (left: SeriesPoints, right: SeriesPoints) -> Bool {
        left.labels < right.labels
    }
}

extension Expectation {
    /// The differences if the query failed with this error.
    func differences(onFailure text: String) -> [Difference] {
        guard let failure else { return [.remark("failed: \(text)")] }
        return failure.accepts(text)
            ? [] : Difference.expected("failure saying \(failure)", got: "failure saying \(text)")
    }
}

extension Expectation.Result {
    fileprivate var summary: String {
        switch self {
        case .scalar(let value): "scalar: \(value.scriptText)"
        case .string(let text): "string: \(text.goQuoted)"
        case .series(let series): "\(series.count) series"
        case .rangeVector(let series, _, _, _): "range vector of \(series.count) series"
        }
    }
}

extension Value {
    var summary: String {
        switch self {
        case .scalar(let value, _): "scalar: \(value.scriptText)"
        case .string(let text): "string: \(text.goQuoted)"
        case .vector(let samples): "vector of \(samples.count) elements"
        case .matrix(let series): "matrix of \(series.count) series"
        }
    }
}
