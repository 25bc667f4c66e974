import PromQL
import Series
package import StrictYAML
import Time

/// A file of rule unit tests in the format of `promtool test rules`.
package struct RuleTestFile: Sendable {
    package let path: String
    /// glob(7) patterns, relative to the test file's directory. The caller expands them: this
    /// target reads no files.
    package let ruleFiles: [YAMLLocated<String>]
    let evaluationInterval: Duration
    /// Whether values may differ in the last bit.
    let comparesFuzzily: Bool
    /// Group names in evaluation order; unlisted groups follow.
    let groupOrder: [String]
    package let tests: [RuleTest]

    /// - Returns: the file, or `nil` if `issues` contains an error.
    package static func parse(
        _ text: String,
        file path: String
    ) -> (file: RuleTestFile?, issues: [YAMLIssue]) {
        let reading = YAMLDocument.read(
            text,
            file: path,
            as: .mapping { RuleTestFile($0, path) },
            dialect: .prometheus
        )
        return (reading.value, reading.issues)
    }

    private init(_ reader: YAMLMappingReader, _ path: String) {
        self.path = path
        ruleFiles = reader.value("rule_files", .list(of: .located(.nonEmptyString)), default: [])
        let interval = reader.positiveDuration("evaluation_interval", default: .seconds(60))
        evaluationInterval = interval
        comparesFuzzily = reader.value("fuzzy_compare", .goBool, default: false)
        groupOrder = reader.value("group_eval_order", .list(of: .string), default: [])
        var seen: Set<String> = []
        for group in groupOrder where !seen.insert(group).inserted {
            reader.report(
                "group name repeated in evaluation order: \(group)",
                at: "group_eval_order"
            )
        }
        tests = reader.value(
            "tests",
            .list(of: .mapping { RuleTest($0, defaultInterval: interval) }),
            default: []
        )
    }
}

/// One test: input series, and the alerts and query results expected at certain times. Times are
/// durations from `start`.
package struct RuleTest: Sendable {
    /// Empty if the test has none.
    package let name: String
    let mark: YAMLMark
    /// The time between two values of an input series.
    let interval: Duration
    let start: Timestamp
    let inputSeries: [InputSeries]
    let alertChecks: [AlertCheck]
    let expressionChecks: [ExpressionCheck]
    let externalLabels: [String: String]
    let externalURL: String

    struct InputSeries: Sendable {
        let labels: Labels
        /// Never histograms; the reader rejects them.
        let values: SeriesValues
    }

    struct AlertCheck: Sendable {
        let mark: YAMLMark
        let time: Duration
        let alertName: String
        let expected: [ExpectedAlert]
    }

    struct ExpectedAlert: Sendable, Hashable {
        let labels: Labels
        let annotations: [String: String]
    }

    struct ExpressionCheck: Sendable {
        let mark: YAMLMark
        let time: Duration
        let expression: String
        let expected: [ExpectedSample]
    }

    struct ExpectedSample: Sendable {
        let labels: Labels
        let value: Double
    }

    /// From the start to the last check.
    var duration: Duration {
        max(
            alertChecks.map(\.time).max() ?? .zero,
            expressionChecks.map(\.time).max() ?? .zero
        )
    }
}
