import PromQL
import Series
import StrictYAML
import Time

extension RuleTest {
    /// A test evaluates no more often than this, whatever times it names.
    static let maximumEvaluations = 1_000_000

    init(_ reader: YAMLMappingReader, defaultInterval: Duration) {
        mark = reader.mark
        name = reader.value("name", .string, default: "")
        interval = reader.positiveDuration("interval", default: defaultInterval)
        start = reader.value("start_timestamp", .timestamp, default: Timestamp(milliseconds: 0))
        inputSeries = reader.value("input_series", .list(of: InputSeries.type), default: [])
        alertChecks = reader.value("alert_rule_test", .list(of: AlertCheck.type), default: [])
        expressionChecks = reader.value(
            "promql_expr_test",
            .list(of: ExpressionCheck.type),
            default: []
        )
        externalLabels = reader.value("external_labels", .textMap, default: [:])
        externalURL = reader.value("external_url", .string, default: "")
        let evaluations = duration.wholeMilliseconds / defaultInterval.wholeMilliseconds
        if evaluations >= Self.maximumEvaluations {
            reader.report(
                "the test would take \(evaluations) evaluations; "
                    + "at most \(Self.maximumEvaluations) are made"
            )
        }
    }
}

extension YAMLMappingReader {
    /// A duration that, as in promtool, is the default also when it is 0.
    func positiveDuration(_ key: String, default fallback: Duration) -> Duration {
        let duration = value(key, .duration, default: .zero)
        return duration > .zero ? duration : fallback
    }
}

extension RuleTest.InputSeries {
    fileprivate static var type: YAMLType<RuleTest.InputSeries> {
        .mapping { reader in
            RuleTest.InputSeries(
                labels: reader.required("series", .seriesName),
                values: reader.value("values", .seriesValues, default: [])
            )
        }
    }
}

extension RuleTest.AlertCheck {
    fileprivate static var type: YAMLType<RuleTest.AlertCheck> {
        .mapping { reader in
            let name = reader.required("alertname", .nonEmptyString)
            return RuleTest.AlertCheck(
                mark: reader.mark,
                time: reader.value("eval_time", .duration, default: .zero),
                alertName: name,
                expected: reader.value(
                    "exp_alerts",
                    .list(of: RuleTest.ExpectedAlert.type(alertName: name)),
                    default: []
                )
            )
        }
    }
}

extension RuleTest.ExpectedAlert {
    fileprivate static func type(alertName: String) -> YAMLType<RuleTest.ExpectedAlert> {
        .mapping { reader in
            let labels = reader.value("exp_labels", .textMap, default: [:])
            return RuleTest.ExpectedAlert(
                labels: Labels(labels.map { ($0.key, $0.value) })
                    .setting("alertname", to: alertName),
                annotations: reader.value("exp_annotations", .textMap, default: [:])
            )
        }
    }
}

extension RuleTest.ExpressionCheck {
    fileprivate static var type: YAMLType<RuleTest.ExpressionCheck> {
        .mapping { reader in
            RuleTest.ExpressionCheck(
                mark: reader.mark,
                time: reader.value("eval_time", .duration, default: .zero),
                expression: reader.required("expr", .nonEmptyString),
                expected: reader.value(
                    "exp_samples",
                    .list(of: RuleTest.ExpectedSample.type),
                    default: []
                )
            )
        }
    }
}

extension RuleTest.ExpectedSample {
    fileprivate static var type: YAMLType<RuleTest.ExpectedSample> {
        .mapping { reader in
            if reader.has("histogram") {
                reader.report("native histograms are not supported", at: "histogram")
            }
            return RuleTest.ExpectedSample(
                // No text is no label, as in promtool.
                labels: reader.value("labels", .string, default: "").isEmpty
                    ? [:] : reader.value("labels", .seriesName, default: [:]),
                value: reader.value("value", .sampleValue, default: 0)
            )
        }
    }
}

extension YAMLType where Value == [String: String] {
    fileprivate static var textMap: YAMLType {
        YAMLType<[YAMLKeyed<String>]>.dictionary(of: .stringOrNothing)
            .converted(placeholder: [:]) { pairs throws(YAMLProblem) in
                Dictionary(pairs.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
            }
    }
}

extension YAMLType where Value == Labels {
    /// A series as it is written in an expression: `up{job="a"}`.
    fileprivate static var seriesName: YAMLType {
        .scalar("a series such as up{job=\"a\"}", placeholder: [:]) { text throws(YAMLProblem) in
            do throws(ParseError) {
                return try Expression.parseSeries(text)
            } catch {
                throw YAMLProblem("not a series: \(error)")
            }
        }
    }
}

extension YAMLType where Value == [SeriesNotation.Value] {
    fileprivate static var seriesValues: YAMLType {
        .scalar("values such as 0+1x10 _ stale", placeholder: []) { text throws(YAMLProblem) in
            var line = text[...]
            // A block of YAML ends in a line break.
            while line.last?.isNewline == true { line.removeLast() }
            let values: [SeriesNotation.Value]
            do throws(SeriesNotationError) {
                values = try SeriesNotation.values(of: String(line))
            } catch {
                throw YAMLProblem("not series values: \(error)")
            }
            guard !values.contains(.histogram) else {
                throw YAMLProblem("native histograms are not supported")
            }
            return values
        }
    }
}

extension YAMLType where Value == Double {
    /// A number as in an expression, or as YAML writes infinities (`-.inf`) and `.nan`.
    fileprivate static var sampleValue: YAMLType {
        .scalar("a number", placeholder: 0) { text throws(YAMLProblem) in
            let plain = text.lowercased().replacing(".inf", with: "inf").replacing(
                ".nan",
                with: "nan"
            )
            guard let values = try? SeriesNotation.values(of: plain), values.count == 1,
                case .number(let value) = values[0], value.bitPattern != Staleness.marker.bitPattern
            else { throw YAMLProblem("expected a number, found \"\(text)\"") }
            return value
        }
    }
}

extension YAMLType where Value == Timestamp {
    /// Seconds since the Unix epoch, or a time of RFC 3339 in UTC.
    fileprivate static var timestamp: YAMLType {
        .scalar(
            "a Unix timestamp or a time such as 2026-01-02T15:04:05Z",
            placeholder: Timestamp(milliseconds: 0)
        ) { text throws(YAMLProblem) in
            if let seconds = Double(text), seconds.magnitude < 1e12 {
                return Timestamp(seconds: seconds)
            }
            guard let time = Timestamp(rfc3339: text) else {
                throw YAMLProblem(
                    "expected a Unix timestamp or a time of RFC 3339, found \"\(text)\""
                )
            }
            return time
        }
    }
}
