import GoText
import Series
import Time

extension SampleWindow {
    func reduced<Reduction: Accumulator>(_: Reduction.Type) -> Double {
        var reduction = Reduction()
        for sample in samples { reduction.add(sample.value) }
        return reduction.value
    }

    /// The population variance, by Welford's algorithm with compensated sums.
    var variance: Double {
        var count = 0.0
        var mean = CompensatedSum()
        var squares = CompensatedSum()
        for sample in samples {
            count += 1
            let deviation = sample.value - mean.value
            mean.add(deviation / count)
            squares.add(deviation * (sample.value - mean.value))
        }
        return squares.value / count
    }

    /// The median of the absolute deviations from the median.
    var medianDeviation: Double {
        let median = Quantile.of(samples.map(\.value), at: 0.5)
        return Quantile.of(samples.map { ($0.value - median).magnitude }, at: 0.5)
    }

    /// The time of the last occurrence of the extreme value. NaN is used only if there is no other
    /// value.
    func time(ofExtreme isAtLeast: (Double, Double) -> Bool) -> Double? {
        guard var extreme = samples.first else { return nil }
        for sample in samples where isAtLeast(sample.value, extreme.value) || extreme.value.isNaN {
            extreme = sample
        }
        return extreme.timestamp.seconds
    }

    /// The slope per second of the least-squares line through the samples.
    var slope: Double? {
        // Times are relative to a sample, because large numbers would lose precision.
        guard samples.count > 1, let first = samples.first else { return nil }
        return line(crossingAt: first.timestamp).slope
    }

    /// The least-squares line: its slope per second and its value at a time.
    func line(crossingAt time: Timestamp) -> (slope: Double, value: Double) {
        let count = Double(samples.count)
        var (x, y, xy, xx) = (
            CompensatedSum(), CompensatedSum(), CompensatedSum(), CompensatedSum()
        )
        var isConstant = true
        for sample in samples {
            isConstant = isConstant && sample.value == samples[0].value
            let seconds = sample.timestamp.milliseconds.seconds(since: time.milliseconds)
            x.add(seconds)
            y.add(sample.value)
            xy.add(seconds * sample.value)
            xx.add(seconds * seconds)
        }
        // Rounding errors must not give a constant series a slope.
        if isConstant {
            let value = samples[0].value
            return value.isInfinite ? (.nan, .nan) : (0, value)
        }
        let covariance = xy.value - x.value * y.value / count
        let variance = xx.value - x.value * x.value / count
        let slope = covariance / variance
        return (slope, y.value / count - slope * x.value / count)
    }

    /// Double exponential smoothing (Holt): the level after the last sample.
    func smoothed(factor: Double, trend trendFactor: Double) -> Double? {
        guard samples.count > 1 else { return nil }
        var level = samples[0].value
        var trend = samples[1].value - samples[0].value
        var previous = level
        for index in samples.indices.dropFirst() {
            if index > 1 {
                trend = trendFactor * (level - previous) + (1 - trendFactor) * trend
            }
            let next = factor * samples[index].value + (1 - factor) * (level + trend)
            (previous, level) = (level, next)
        }
        return level
    }
}

extension Evaluator {
    func predictLinear(after seconds: Double) -> WindowFunction {
        WindowFunction { window in
            guard window.samples.count > 1 else { return nil }
            let now = Timestamp(milliseconds: window.evaluationTime)
            let line = window.line(crossingAt: now)
            return line.slope * seconds + line.value
        }
    }

    func quantileOverTime(_ quantile: Double) -> WindowFunction {
        WindowFunction { Quantile.of($0.samples.map(\.value), at: quantile) }
    }

    func smoothing(
        _ factor: Double,
        _ trend: Double
    ) throws(EvaluationError) -> WindowFunction {
        for (name, value) in [("smoothing", factor), ("trend", trend)]
        where value <= 0 || value >= 1 {
            throw .invalidArgument(
                "invalid \(name) factor. Expected: 0 < \(name == "trend" ? "tf" : "sf") < 1, "
                    + "got: \(GoFloat.format(value))"
            )
        }
        return WindowFunction { $0.smoothed(factor: factor, trend: trend) }
    }
}
