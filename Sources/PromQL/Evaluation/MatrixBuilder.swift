import Series
import Time

/// Collects the vectors of successive steps into series.
struct MatrixBuilder {
    private struct Key: Hashable {
        let labels: Labels
        let dropsName: Bool
    }

    /// Whether names are dropped at the end of the query. Elements whose name is dropped and kept
    /// are then different series until that end. Otherwise elements that lost their names are one
    /// series, whatever they were called before.
    private let delaysNameRemoval: Bool
    private var keys: [Key] = []
    private var points: [[Sample]] = []
    /// Several keys lead to one series if elements lost different names.
    private var indices: [Key: Int] = [:]
    /// About the memory of the series without their samples.
    private(set) var byteCount = 0

    init(delaysNameRemoval: Bool) {
        self.delaysNameRemoval = delaysNameRemoval
    }

    /// Throws if two elements belong to one series.
    mutating func append(
        _ elements: [VectorElement],
        at time: Int64
    ) throws(EvaluationError) {
        let timestamp = Timestamp(milliseconds: time)
        var expected = 0
        for element in elements {
            let index = index(of: element, expecting: expected)
            if points[index].last?.timestamp == timestamp { throw .duplicateLabelSet }
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
        if element.dropsName, !delaysNameRemoval {
            let unnamed = Key(labels: element.labels.removingMetricDescription(), dropsName: true)
            if let known = indices[unnamed] {
                indices[key] = known
                return known
            }
            indices[unnamed] = keys.count
        }
        indices[key] = keys.count
        keys.append(key)
        byteCount += 128 + element.labels.longTextBytes
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
