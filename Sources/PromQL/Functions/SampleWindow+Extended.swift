import Series
import Time

// Ranges with a value at each border (`anchored`, `smoothed`): their windows hold samples from
// outside of the range too (Prometheus promql/functions.go, extendedRate).

extension SampleWindow {
    /// Position of the first sample that counts: the last one at or before the start, or the first
    /// of all. Nil if no sample lies inside the range.
    private var anchor: Int? {
        guard let last = samples.last, last.timestamp.milliseconds > start else { return nil }
        let inside = samples.firstIndex { $0.timestamp.milliseconds > start } ?? 0
        return max(0, inside - 1)
    }

    /// Position of the sample that ends the range; of the first one at or after the end if the
    /// range is smoothed.
    private var terminator: Int {
        guard rangeExtension == .smoothed else { return samples.count - 1 }
        return samples.firstIndex { $0.timestamp.milliseconds >= end } ?? samples.count - 1
    }

    /// The change between the borders, without extrapolation.
    func change(isCounter: Bool, perSecond: Bool) -> Double? {
        guard var first = anchor else { return nil }
        var last = terminator
        guard samples[last].timestamp.milliseconds > start else { return nil }
        let left = value(atStart: first, isCounter: isCounter)
        let right = value(atEnd: last, isCounter: isCounter)
        var change = right - left
        if isCounter {
            // The borders have their values already.
            if samples[first].timestamp.milliseconds <= start { first += 1 }
            if samples[last].timestamp.milliseconds >= end { last -= 1 }
            var previous = left
            for value in samples[first..<max(first, last + 1)].map(\.value) + [right] {
                if value < previous { change += previous }
                previous = value
            }
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

    /// Between a sample and the next one. A counter that was reset in between came from zero.
    private func interpolated(_ index: Int, at time: Int64, isCounter: Bool) -> Double {
        let (before, after) = (samples[index], samples[index + 1])
        let base = isCounter && after.value < before.value ? 0 : before.value
        let (from, to) = (before.timestamp.milliseconds, after.timestamp.milliseconds)
        return base + (after.value - base) * time.seconds(since: from) / to.seconds(since: from)
    }

    /// The samples from the anchor on; nil if none lies inside the range.
    var anchored: SampleWindow? {
        guard rangeExtension == .anchored else { return self }
        guard let anchor else { return nil }
        var window = self
        window.samples.removeFirst(anchor)
        return window
    }

    /// The samples inside the range, with one of its own at each border.
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
