import Series
import Time

// Changes of counters and gauges over a range (Prometheus promql/functions.go). A rate or
// difference needs at least two samples.

extension SampleWindow {
    /// The increase over the whole range: the difference between the first and the last sample,
    /// extrapolated to the boundaries of the range if samples can be expected there
    /// (extrapolatedRate in Prometheus).
    func extrapolated(isCounter: Bool, perSecond: Bool) -> Double? {
        if rangeExtension != nil { return change(isCounter: isCounter, perSecond: perSecond) }
        guard let first = samples.first, let last = samples.last, samples.count > 1 else {
            return nil
        }
        var difference = last.value - first.value
        if isCounter { addResets(to: &difference) }

        let sampled = last.timestamp.milliseconds.seconds(since: first.timestamp.milliseconds)
        let interval = sampled / Double(samples.count - 1)
        let threshold = interval * 1.1
        var toStart = first.timestamp.milliseconds.seconds(since: start)
        var toEnd = end.seconds(since: last.timestamp.milliseconds)
        // A counter cannot be negative, so do not extrapolate to before it was zero.
        let reachesZero = isCounter && difference > 0 && first.value >= 0
        let toZero = reachesZero ? sampled * (first.value / difference) : .infinity
        if compatibility == .version2 { toStart = min(toStart, toZero) }
        // If the gap to the boundary is wider than the threshold, the series starts or ends inside
        // the range. It is then assumed to extend by half an interval.
        if toStart >= threshold { toStart = interval / 2 }
        // The clamp at zero comes before the threshold in Prometheus 2.50 and earlier, and after it
        // since.
        if compatibility == .version3 { toStart = min(toStart, toZero) }
        if toEnd >= threshold { toEnd = interval / 2 }

        let factor = (sampled + toStart + toEnd) / sampled
        return difference * (perSecond ? factor / rangeSeconds : factor)
    }

    /// Adds the values just before each reset, which the raw difference misses. They are added one
    /// by one, because rounding depends on the order.
    private func addResets(to difference: inout Double) {
        for index in samples.indices.dropFirst()
        where samples[index].value < samples[index - 1].value {
            difference += samples[index - 1].value
        }
    }

    /// The difference between the last two samples; per second for a counter.
    func lastChange(isCounter: Bool) -> Double? {
        guard samples.count > 1 else { return nil }
        let (previous, last) = (samples[samples.count - 2], samples[samples.count - 1])
        let interval = last.timestamp.milliseconds.seconds(
            since: previous.timestamp.milliseconds
        )
        guard interval > 0 else { return nil }
        guard isCounter else { return last.value - previous.value }
        // After a reset the counter started at zero.
        let base = last.value < previous.value ? 0 : previous.value
        return (last.value - base) / interval
    }

    var changes: Double? {
        count { previous, next in previous != next && !(previous.isNaN && next.isNaN) }
    }

    var resets: Double? {
        count { previous, next in next < previous }
    }

    private func count(where differs: (Double, Double) -> Bool) -> Double? {
        guard let samples = anchored?.samples, !samples.isEmpty else { return nil }
        var count = 0
        for index in samples.indices.dropFirst()
        where differs(samples[index - 1].value, samples[index].value) {
            count += 1
        }
        return Double(count)
    }
}
