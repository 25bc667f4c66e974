/// Requests of the OpenTelemetry protocol, OTLP 1.x, in its binary form: `ExportMetricsServiceRequest`
/// (https://opentelemetry.io/docs/specs/otlp and
/// opentelemetry/proto/metrics/v1/metrics.proto).
///
/// Names follow the compatibility rules of Prometheus and OpenTelemetry: a counter loses `_total`,
/// units are those of UCUM, and an info metric is a gauge that is 1.
package enum OTLPFormat {
    /// Who sends, and since and as of when.
    package struct Source: Sendable {
        /// Attributes of the resource, such as `service.name`.
        package var attributes: [(name: String, value: String)]
        package var version: String
        /// When counters and histograms began, in nanoseconds since 1970.
        package var startNanoseconds: UInt64
        package var nanoseconds: UInt64

        package init(
            attributes: [(name: String, value: String)],
            version: String,
            startNanoseconds: UInt64,
            nanoseconds: UInt64
        ) {
            self.attributes = attributes
            self.version = version
            self.startNanoseconds = startNanoseconds
            self.nanoseconds = nanoseconds
        }
    }

    /// - Parameter maximumPoints: of one request. Receivers refuse bodies that are too large.
    /// - Returns: the bodies of one or more requests; none if no family has samples.
    package static func encode(
        _ families: [MetricFamily],
        _ source: Source,
        maximumPoints: Int = 10_000
    ) -> [[UInt8]] {
        var requests: [[UInt8]] = []
        var metrics: [(family: MetricFamily, samples: ArraySlice<MetricSample>)] = []
        var room = maximumPoints
        for family in families {
            var rest = family.samples[...]
            while !rest.isEmpty {
                let taken = rest.prefix(room)
                metrics.append((family, taken))
                rest = rest.dropFirst(taken.count)
                room -= taken.count
                guard room == 0 else { continue }
                requests.append(request(metrics, source))
                (metrics, room) = ([], maximumPoints)
            }
        }
        if !metrics.isEmpty { requests.append(request(metrics, source)) }
        return requests
    }

    private static func request(
        _ metrics: [(family: MetricFamily, samples: ArraySlice<MetricSample>)],
        _ source: Source
    ) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.message(1) { resourceMetrics in
            resourceMetrics.message(1) { resource in
                for (name, value) in source.attributes { resource.attribute(1, name, value) }
            }
            resourceMetrics.message(2) { scopeMetrics in
                scopeMetrics.message(1) { scope in
                    scope.text(1, "graphwarden")
                    scope.text(2, source.version)
                }
                for (family, samples) in metrics {
                    scopeMetrics.message(2) { $0.metric(family, samples, source) }
                }
            }
        }
        return writer.bytes
    }
}

extension ProtobufWriter {
    private static let cumulative: UInt64 = 2

    fileprivate mutating func metric(
        _ family: MetricFamily,
        _ samples: ArraySlice<MetricSample>,
        _ source: OTLPFormat.Source
    ) {
        text(1, family.kind == .counter ? family.openMetricsName : family.name)
        text(2, family.help)
        text(3, Self.unit(family.unit))
        let field: UInt64 =
            switch family.kind {
            case .gauge, .info: 5
            case .counter: 7
            case .histogram: 9
            case .summary: 11
            }
        message(field) { data in
            for sample in samples {
                data.message(1) { $0.point(sample, family, source) }
            }
            guard family.kind == .counter || family.kind == .histogram else { return }
            data.number(2, Self.cumulative)
            if family.kind == .counter { data.number(3, 1) }
        }
    }

    private mutating func point(
        _ sample: MetricSample,
        _ family: MetricFamily,
        _ source: OTLPFormat.Source
    ) {
        // A gauge has no start.
        if family.kind == .counter || family.kind == .histogram {
            fixed64(2, source.startNanoseconds)
        }
        let own = sample.timestampMilliseconds.flatMap { UInt64(exactly: $0) }
        fixed64(3, own.map { $0 &* 1_000_000 } ?? source.nanoseconds)
        switch sample.value {
        case .number(let value):
            presentDouble(4, value)
        case .histogram(let histogram):
            fixed64(4, histogram.count)
            presentDouble(5, histogram.sum)
            packedFixed64(6, histogram.ownCounts)
            packedFixed64(7, histogram.buckets.map(\.upperBound.bitPattern))
        case .summary(let summary):
            fixed64(4, summary.count)
            double(5, summary.sum)
            for quantile in summary.quantiles {
                message(6) {
                    $0.double(1, quantile.rank)
                    $0.double(2, quantile.value)
                }
            }
        }
        let field: UInt64 = family.kind == .histogram ? 9 : 7
        for (name, value) in zip(family.labelNames, sample.labelValues) {
            attribute(field, name, value)
        }
    }

    fileprivate mutating func attribute(_ field: UInt64, _ name: String, _ value: String) {
        message(field) { pair in
            pair.text(1, name)
            // The value is present although it is empty.
            pair.message(2) { $0.presentText(1, value) }
        }
    }

    private static func unit(_ unit: String?) -> String {
        switch unit {
        case "seconds": "s"
        case "bytes": "By"
        case "ratio": "1"
        case "celsius": "Cel"
        default: ""
        }
    }
}

extension HistogramValue {
    /// The observations of each bucket alone, that of `+Inf` last.
    fileprivate var ownCounts: [UInt64] {
        var before: UInt64 = 0
        let all = buckets.map(\.cumulativeCount) + [count]
        return all.map { total in
            defer { before = total }
            return total >= before ? total - before : 0
        }
    }
}
