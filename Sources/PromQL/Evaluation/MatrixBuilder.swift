import Series
import Time

/// Collects the vectors of successive steps into series.
struct MatrixBuilder {
    /// Elements whose name is dropped and kept are different series until the end of the query.
    private struct Key: Hashable {
        let labels: Labels
        let dropsName: Bool
    }

    private var keys: [Key] = []
    private var points: [[Sample]] = []
    private var indices: [Key: Int] = [:]

    var isEmpty: Bool { keys.isEmpty }

    mutating func append(_ elements: [VectorElement], at time: Int64) {
        let timestamp = Timestamp(milliseconds: time)
        var expected = 0
        for element in elements {
            let index = index(of: element, expecting: expected)
            points[index].append(Sample(timestamp: timestamp, value: element.value))
            expected = index + 1
        }
    }

    /// Elements usually come in the same order at every step, so the next series is tried before
    /// the lookup.
    private mutating func index(of element: VectorElement, expecting expected: Int) -> Int {
        if expected < keys.count, keys[expected].dropsName == element.dropsName,
            keys[expected].labels == element.labels
        {
            return expected
        }
        let key = Key(labels: element.labels, dropsName: element.dropsName)
        if let known = indices[key] { return known }
        indices[key] = keys.count
        keys.append(key)
        points.append([])
        return keys.count - 1
    }

    /// The series with their final labels, sorted. Series that become equal by losing their names
    /// are merged if they have no time in common.
    consuming func finished() throws(EvaluationError) -> [SeriesPoints] {
        var series: [SeriesPoints] = []
        var places: [Labels: Int] = [:]
        for (key, samples) in zip(keys, points) {
            let labels = key.dropsName ? key.labels.removingMetricDescription() : key.labels
            if let place = places[labels] {
                series[place].points = try Self.merged(series[place].points, samples)
            } else {
                places[labels] = series.count
                series.append(SeriesPoints(labels: labels, points: samples))
            }
        }
        return series.sorted { $0.labels < $1.labels }
    }

    private static func merged(
        _ left: [Sample],
        _ right: [Sample]
    ) throws(EvaluationError) -> [Sample] {
        let all = (left + right).sorted { $0.timestamp < $1.timestamp }
        for (sample, next) in zip(all, all.dropFirst()) where sample.timestamp == next.timestamp {
            throw .duplicateLabelSet
        }
        return all
    }

    /// Calls `body` with each series, as an element without value and its samples, in order of
    /// first appearance.
    func forEach(_ body: (VectorElement, [Sample]) -> Void) {
        for (key, samples) in zip(keys, points) {
            let element = VectorElement(labels: key.labels, value: 0, dropsName: key.dropsName)
            body(element, samples)
        }
    }
}
