import PromQL
import Series
import StrictYAML
import Time

// Decodes test files. Defaults follow promtool, so that a file it accepts means the same here.

extension RuleTest {
    /// The maximum number of evaluations per test. Without it, one mistyped `eval_time` would keep
    /// the command busy for hours.
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
                "the test needs \(evaluations) evaluations; "
                    + "the maximum is \(Self.maximumEvaluations)"
            )
        }
    }
}

extension YAMLMappingReader {
    /// A duration; as in promtool, 0 means the default.
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
                values: reader.value("values", .seriesValues, default: SeriesValues())
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
                // As in promtool, an empty text means no labels.
                labels: reader.value("labels", .string, default: "").isEmpty
                    ? [:] : reader.value("labels", .seriesName, default: [:]),
                value: reader.value("value", .goFloat, default: 0)
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
    /// A series in PromQL notation: `up{job="a"}`.
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

extension YAMLType where Value == SeriesValues {
    fileprivate static var seriesValues: YAMLType {
        .scalar("values such as 0+1x10 _ stale", placeholder: SeriesValues()) {
            text throws(YAMLProblem) in
            var line = text[...]
            // A YAML block scalar ends with a line break.
            while line.last?.isNewline == true { line.removeLast() }
            let values: SeriesValues
            do throws(SeriesNotationError) {
                values = try SeriesNotation.values(of: String(line))
            } catch {
                throw YAMLProblem("not series values: \(error)")
            }
            guard !values.containsHistogram else {
                throw YAMLProblem("native histograms are not supported")
            }
            return values
        }
    }
}

extension YAMLType where Value == Timestamp {
    /// Unix seconds, or an RFC 3339 time in UTC.
    fileprivate static var timestamp: YAMLType {
        .scalar(
            "a Unix timestamp or an RFC 3339 time such as 2026-01-02T15:04:05Z",
            placeholder: Timestamp(milliseconds: 0)
        ) { text throws(YAMLProblem) in
            if let seconds = Double(text), seconds.magnitude < 1e12 {
                return Timestamp(seconds: seconds)
            }
            guard let time = Timestamp(rfc3339: text) else {
                throw YAMLProblem(
                    "expected a Unix timestamp or an RFC 3339 time, found \"\(text)\""
                )
            }
            return time
        }
    }
}
