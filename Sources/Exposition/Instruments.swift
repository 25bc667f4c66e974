/// Values by label values, of which there may be only so many: a label that runs wild costs the
/// series beyond the limit, never the process.
package struct LabeledValues<Value: Sendable>: Sendable {
    package let labelNames: [String]
    package let maximumSeries: Int
    private var values: [[String]: Value] = [:]
    /// Updates thrown away because they would have made one series too many.
    package private(set) var droppedUpdates = 0

    package init(labelNames: [String], maximumSeries: Int) {
        self.labelNames = labelNames
        self.maximumSeries = maximumSeries
    }

    package subscript(labelValues: [String]) -> Value? { values[labelValues] }

    package mutating func update(
        _ labelValues: [String],
        default initial: @autoclosure () -> Value,
        _ change: (inout Value) -> Void
    ) {
        let fits = values.count < maximumSeries || values[labelValues] != nil
        guard fits, labelValues.count == labelNames.count else {
            droppedUpdates += 1
            return
        }
        change(&values[labelValues, default: initial()])
    }

    package mutating func remove(_ labelValues: [String]) {
        values[labelValues] = nil
    }

    package mutating func removeAll() {
        values = [:]
    }

    func samples(_ value: (Value) -> MetricValue) -> [MetricSample] {
        values.map { MetricSample($0.key, value($0.value)) }.sorted(by: <)
    }
}

/// What an instrument says about itself.
package struct MetricDescription: Sendable, Hashable {
    package let name: String
    package let help: String
    package let unit: String?
    package let labelNames: [String]

    package init(_ name: String, help: String, unit: String? = nil, labelNames: [String] = []) {
        self.name = name
        self.help = help
        self.unit = unit
        self.labelNames = labelNames
    }

    fileprivate func family(
        _ kind: MetricFamily.Kind,
        _ samples: [MetricSample]
    ) -> MetricFamily {
        MetricFamily(
            name,
            help: help,
            kind: kind,
            unit: unit,
            labelNames: labelNames,
            samples: samples
        )
    }
}

/// Counts up. A plain value: whoever owns it guards it.
package struct Counter: Sendable {
    package let metric: MetricDescription
    package private(set) var values: LabeledValues<Double>

    /// Without labels the one series exists from the start, at 0.
    package init(_ metric: MetricDescription, maximumSeries: Int = 1000) {
        self.metric = metric
        values = LabeledValues(labelNames: metric.labelNames, maximumSeries: maximumSeries)
        if metric.labelNames.isEmpty { add(0) }
    }

    /// Adding 0 makes the series exist: known label values should be counted from 0 on. A negative
    /// amount, or one that is not a number, counts nothing.
    package mutating func add(_ amount: Double = 1, _ labelValues: String...) {
        values.update(labelValues, default: 0) { $0 += amount > 0 ? amount : 0 }
    }

    package var family: MetricFamily {
        metric.family(.counter, values.samples { .number($0) })
    }
}

/// Goes up and down. A plain value: whoever owns it guards it.
package struct Gauge: Sendable {
    package let metric: MetricDescription
    package private(set) var values: LabeledValues<Double>

    package init(_ metric: MetricDescription, maximumSeries: Int = 1000) {
        self.metric = metric
        values = LabeledValues(labelNames: metric.labelNames, maximumSeries: maximumSeries)
    }

    package mutating func set(_ value: Double, _ labelValues: String...) {
        values.update(labelValues, default: value) { $0 = value }
    }

    package mutating func remove(_ labelValues: String...) {
        values.remove(labelValues)
    }

    /// Before the gauges of an inventory are set anew: what is gone must vanish.
    package mutating func removeAll() {
        values.removeAll()
    }

    package var family: MetricFamily {
        metric.family(.gauge, values.samples { .number($0) })
    }
}

/// Counts observations by size. A plain value: whoever owns it guards it.
package struct Histogram: Sendable {
    package struct Observations: Sendable {
        fileprivate(set) var counts: [UInt64]
        fileprivate(set) var sum = 0.0
    }

    /// For the time that requests and evaluations take, in seconds.
    package static let durationBounds: [Double] = [
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]

    package let metric: MetricDescription
    /// In ascending order; observations above the last are counted too.
    package let bounds: [Double]
    package private(set) var values: LabeledValues<Observations>

    package init(
        _ metric: MetricDescription,
        bounds: [Double] = durationBounds,
        maximumSeries: Int = 100
    ) {
        self.metric = metric
        self.bounds = bounds
        values = LabeledValues(labelNames: metric.labelNames, maximumSeries: maximumSeries)
        if metric.labelNames.isEmpty { initialize() }
    }

    /// Makes the series exist with no observations.
    package mutating func initialize(_ labelValues: String...) {
        let empty = empty
        values.update(labelValues, default: empty) { _ in }
    }

    package mutating func observe(_ value: Double, _ labelValues: String...) {
        guard !value.isNaN else { return }
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        let empty = empty
        values.update(labelValues, default: empty) {
            $0.counts[index] += 1
            $0.sum += value
        }
    }

    package var family: MetricFamily {
        let bounds = bounds
        return metric.family(
            .histogram,
            values.samples { observations in
                .histogram(
                    HistogramValue(
                        bounds: bounds,
                        counts: observations.counts,
                        sum: observations.sum
                    )
                )
            }
        )
    }

    private var empty: Observations {
        Observations(counts: [UInt64](repeating: 0, count: bounds.count + 1))
    }
}
