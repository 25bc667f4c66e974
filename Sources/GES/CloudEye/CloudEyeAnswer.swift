import JSON
package import Time

/// One metric of one graph.
package struct CloudEyeSeries: Hashable, Sendable {
    package let graphID: String
    package let metric: CloudEyeMetric

    package init(graphID: String, metric: CloudEyeMetric) {
        self.graphID = graphID
        self.metric = metric
    }
}

/// A value at the time for which Cloud Eye has it, in base units.
package struct CloudEyeSample: Hashable, Sendable {
    package let series: CloudEyeSeries
    package let time: Timestamp
    package let value: Double

    package init(series: CloudEyeSeries, time: Timestamp, value: Double) {
        self.series = series
        self.time = time
        self.value = value
    }
}

/// Why a value of an answer is not used. The raw value is the metric label `reason`.
package enum CloudEyeFault: String, CaseIterable, Hashable, Sendable {
    /// The metric has another unit than documented. Counted once per metric and answer.
    case unit
    /// Negative, not finite, a ratio above 1, or not a number at all.
    case value
    /// Outside the time range of the query, or without a time.
    case time
    /// A metric, graph or number of values that was not asked for.
    case unasked
}

/// What an answer to a query says.
package struct CloudEyeAnswer: Hashable, Sendable {
    /// Those of one series are in order of time.
    package var samples: [CloudEyeSample] = []
    package var faults: [CloudEyeFault: Int] = [:]

    /// Values of one series that follow one another faster are not of Cloud Eye, whose shortest
    /// period is a minute.
    package static let shortestPeriod = Duration.seconds(30)

    package init() {}

    /// Reads the entries of an answer. Entries that are not understood are counted and left out, so
    /// that one of them costs nothing but itself.
    ///
    /// - Parameter asked: the series of the query.
    init(_ entries: [JSONValue], asked: Set<CloudEyeSeries>, from: Timestamp, to: Timestamp) {
        var missing = asked
        // A point may stand at the start of the minute that `from` is in.
        let earliest = from - .seconds(60)
        let maximum = Int((to - earliest).wholeMilliseconds / 60_000) + 1
        for entry in entries {
            // The series as it was asked for shares its id with all others of the graph.
            guard let object = WireObject(entry), let read = CloudEyeSeries(object),
                let series = missing.remove(read)
            else {
                count(.unasked)
                continue
            }
            let points = object.array("datapoints") ?? []
            guard !points.isEmpty else { continue }
            guard let unit = object.text("unit"), series.metric.has(unit: unit) else {
                count(.unit)
                continue
            }
            if points.count > maximum { count(.unasked, points.count - maximum) }
            add(points.prefix(maximum), of: series, within: earliest...to)
        }
    }

    private mutating func add(
        _ points: ArraySlice<JSONValue>,
        of series: CloudEyeSeries,
        within range: ClosedRange<Timestamp>
    ) {
        var found: [CloudEyeSample] = []
        for point in points {
            guard let point = WireObject(point) else {
                count(.value)
                continue
            }
            guard let milliseconds = point.integer("timestamp"),
                case let time = Timestamp(milliseconds: milliseconds), range.contains(time)
            else {
                count(.time)
                continue
            }
            guard let value = point.double("average").flatMap(series.metric.converted) else {
                count(.value)
                continue
            }
            found.append(CloudEyeSample(series: series, time: time, value: value))
        }
        var last: Timestamp?
        for sample in found.sorted(by: { $0.time < $1.time }) {
            if let last, sample.time - last < Self.shortestPeriod {
                count(.unasked)
            } else {
                samples.append(sample)
                last = sample.time
            }
        }
    }

    private mutating func count(_ fault: CloudEyeFault, _ number: Int = 1) {
        faults[fault, default: 0] += number
    }
}

extension CloudEyeSeries {
    /// Reads an element of a list of metrics; nil for a metric that is not read.
    init?(_ object: WireObject) {
        guard object.text("namespace") == CloudEyeMetric.namespace,
            let metric = object.text("metric_name").flatMap(CloudEyeMetric.init),
            let dimensions = object.array("dimensions"), dimensions.count == 1,
            let dimension = WireObject(dimensions[0]),
            dimension.text("name") == CloudEyeMetric.dimension,
            let graphID = dimension.text("value")
        else { return nil }
        self.init(graphID: graphID, metric: metric)
    }

    var document: JSONValue {
        [
            "namespace": .string(CloudEyeMetric.namespace),
            "metric_name": .string(metric.rawValue),
            "dimensions": [
                ["name": .string(CloudEyeMetric.dimension), "value": .string(graphID)]
            ],
        ]
    }
}
