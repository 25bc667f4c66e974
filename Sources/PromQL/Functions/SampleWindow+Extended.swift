import Series
import Time

// Ranges with a value at each boundary (`anchored`, `smoothed`). Their windows also contain samples
// from outside the range (Prometheus promql/functions.go, extendedRate).

extension SampleWindow {
    /// The index of the first relevant sample: the last one at or before the start, otherwise the
    /// first one. nil if no sample is inside the range.
    private var anchor: Int? {
        guard let last = samples.last, last.timestamp.milliseconds > start else { return nil }
        let inside = samples.firstIndex { $0.timestamp.milliseconds > start } ?? 0
        return max(0, inside - 1)
    }

    /// The index of the sample that ends the range. If the range is smoothed, that is the first one
    /// at or after the end.
    private var terminator: Int {
        guard rangeExtension == .smoothed else { return samples.count - 1 }
        return samples.firstIndex { $0.timestamp.milliseconds >= end } ?? samples.count - 1
    }

    /// The change between the boundaries, without extrapolation.
    func change(isCounter: Bool, perSecond: Bool) -> Double? {
        guard var first = anchor else { return nil }
        var last = terminator
        guard samples[last].timestamp.milliseconds > start else { return nil }
        let left = value(atStart: first, isCounter: isCounter)
        let right = value(atEnd: last, isCounter: isCounter)
        var change = right - left
        if isCounter {
            // Samples at the boundaries are already represented by `left` and `right`.
            if samples[first].timestamp.milliseconds <= start { first += 1 }
            if samples[last].timestamp.milliseconds >= end { last -= 1 }
            var previous = left
            // Unlike without extension, Prometheus adds up the resets before adding them.
            var lost = 0.0
            for value in samples[first..<max(first, last + 1)].map(\.value) + [right] {
                if value < previous { lost += previous }
                previous = value
            }
            change += lost
        }
        return perSecond ? change / rangeSeconds : change
    }

    private func value(atStart index: Int, isCounter: Bool) -> Double {
        guard rangeExtension == .smoothed, samples[index].timestamp.milliseconds < start,
            index + 1 < samples.count
        else { return samples[index].value }
        return interpolated(index, at: start, isCounter: isCounter)
    }

    private func value(atEnd index: Int, isCounter: Bool) -> Double {
        guard rangeExtension == .smoothed, index > 0,
            samples[index].timestamp.milliseconds > end
        else { return samples[index].value }
        return interpolated(index - 1, at: end, isCounter: isCounter)
    }

    /// Interpolates between a sample and the next one. A counter that was reset in between started
    /// at zero.
    private func interpolated(_ index: Int, at time: Int64, isCounter: Bool) -> Double {
        let (before, after) = (samples[index], samples[index + 1])
        let base = isCounter && after.value < before.value ? 0 : before.value
        let (from, to) = (before.timestamp.milliseconds, after.timestamp.milliseconds)
        return base + (after.value - base) * time.seconds(since: from) / to.seconds(since: from)
    }

    /// The window from the anchor on; nil if no sample is inside the range.
    var anchored: SampleWindow? {
        guard rangeExtension == .anchored else { return self }
        guard let anchor else { return nil }
        var window = self
        window.samples.removeFirst(anchor)
        return window
    }

    /// The samples inside the range, with an additional one at each boundary.
    var bordered: [Sample] {
        guard rangeExtension != nil else { return samples }
        guard let first = anchor else { return [] }
        let last = terminator
        guard samples[last].timestamp.milliseconds > start else { return [] }
        let inside = samples[first...last].filter {
            $0.timestamp.milliseconds > start && $0.timestamp.milliseconds < end
        }
        let left = Sample(
            timestamp: Timestamp(milliseconds: start),
            value: value(atStart: first, isCounter: false)
        )
        let right = Sample(
            timestamp: Timestamp(milliseconds: end),
            value: value(atEnd: last, isCounter: false)
        )
        return [left] + inside + [right]
    }
}
