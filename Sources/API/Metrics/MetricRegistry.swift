package import Exposition
import Synchronization

/// The agent's own counters, gauges and histograms. The families are those of `MetricCatalog`; the
/// number of label sets per family is limited.
package final class MetricRegistry: Sendable {
    /// Far above the number of declared label values; reaching it is a bug. Further label sets are
    /// dropped.
    private static let maximumLabelSetsPerFamily = 2_000

    private struct State {
        var values: [String: [[String]: Double]] = [:]
        var histograms: [String: [[String]: HistogramState]] = [:]
        var revision = 0
        var postponed: [String: @Sendable (MetricRegistry) -> Void] = [:]
    }

    private struct HistogramState {
        var counts: [UInt64]
        var sum = 0.0

        init(buckets: Int) { counts = Array(repeating: 0, count: buckets + 1) }
    }

    private let definitions: [MetricDefinition]
    private let state: Mutex<State>
    /// Held by a reader, so that another one does not miss what this one is measuring.
    private let reading = Mutex<Void>(())

    package convenience init() {
        self.init(definitions: MetricCatalog.all)
    }

    init(definitions: [MetricDefinition]) {
        self.definitions = definitions
        var initial = State()
        for definition in definitions {
            for labels in definition.initial {
                if definition.kind == .histogram {
                    initial.histograms[definition.name, default: [:]][labels] =
                        HistogramState(buckets: definition.buckets.count)
                } else {
                    initial.values[definition.name, default: [:]][labels] = 0
                }
            }
        }
        state = Mutex(initial)
    }

    package func add(_ amount: Double = 1, to definition: MetricDefinition, _ labels: String...) {
        state.withLock { state in
            guard Self.hasRoom(state.values[definition.name], for: labels) else { return }
            state.values[definition.name, default: [:]][labels, default: 0] += amount
        }
    }

    package func set(_ definition: MetricDefinition, to value: Double, _ labels: String...) {
        state.withLock { state in
            guard Self.hasRoom(state.values[definition.name], for: labels) else { return }
            state.values[definition.name, default: [:]][labels] = value
            if definition.isShownAtOnce { state.revision += 1 }
        }
    }

    /// Grows whenever a metric is set that scrapes must show before the next step.
    var revision: Int { state.withLock { $0.revision } }

    /// Replaces all samples of a family, so that obsolete label sets disappear.
    package func replace(_ definition: MetricDefinition, with values: [[String]: Double]) {
        state.withLock { $0.values[definition.name] = values }
    }

    /// Has metrics set when they are next read: steps are more frequent than scrapes. A later call
    /// with the same key takes the place of an earlier one.
    ///
    /// - Parameter measure: sets gauges, not those that must be shown at once, and counters that
    ///   are counted elsewhere.
    package func postpone(
        _ key: String,
        _ measure: @escaping @Sendable (MetricRegistry) -> Void
    ) {
        state.withLock { $0.postponed[key] = measure }
    }

    private func measurePostponed() {
        let postponed = state.withLock { state in
            defer { state.postponed = [:] }
            return state.postponed
        }
        for measure in postponed.values { measure(self) }
    }

    package func observe(_ definition: MetricDefinition, seconds: Double, _ labels: String...) {
        let bucket =
            definition.buckets.firstIndex { seconds <= $0 } ?? definition.buckets.count
        state.withLock { state in
            guard Self.hasRoom(state.histograms[definition.name], for: labels) else { return }
            state.histograms[
                definition.name,
                default: [:]
            ][labels, default: HistogramState(buckets: definition.buckets.count)].counts[bucket] +=
                1
            state.histograms[definition.name]?[labels]?.sum += seconds
        }
    }

    /// Sets a histogram that is counted elsewhere. It must have the buckets of the definition.
    package func setHistogram(
        _ definition: MetricDefinition,
        counts: [Int],
        sum: Double,
        _ labels: String...
    ) {
        guard counts.count == definition.buckets.count + 1 else { return }
        state.withLock { state in
            guard Self.hasRoom(state.histograms[definition.name], for: labels) else { return }
            var histogram = HistogramState(buckets: definition.buckets.count)
            histogram.counts = counts.map { UInt64(clamping: $0) }
            histogram.sum = sum
            state.histograms[definition.name, default: [:]][labels] = histogram
        }
    }

    private static func hasRoom<Value>(
        _ samples: [[String]: Value]?,
        for labels: [String]
    ) -> Bool {
        guard let samples else { return true }
        return samples.count < maximumLabelSetsPerFamily || samples[labels] != nil
    }

    /// All families that have samples.
    package func families() -> [MetricFamily] {
        let current = reading.withLock { _ in
            measurePostponed()
            return state.withLock { $0 }
        }
        return definitions.compactMap { definition in
            let samples =
                definition.kind == .histogram
                ? Self.samples(current.histograms[definition.name] ?? [:], definition.buckets)
                : (current.values[definition.name] ?? [:]).map { MetricSample($0, $1) }
            guard !samples.isEmpty else { return nil }
            return definition.family(samples)
        }
    }

    private static func samples(
        _ histograms: [[String]: HistogramState],
        _ bounds: [Double]
    ) -> [MetricSample] {
        histograms.map { labels, histogram in
            let value = HistogramValue(
                bounds: bounds,
                counts: histogram.counts,
                sum: histogram.sum
            )
            return MetricSample(labels, .histogram(value))
        }
    }
}
