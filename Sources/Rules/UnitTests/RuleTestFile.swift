import PromQL
import Series
package import StrictYAML
import Time

/// A file of unit tests for rules, in the format of `promtool test rules`.
package struct RuleTestFile: Sendable {
    package let path: String
    /// Patterns of glob(7), relative to the file's folder.
    package let ruleFiles: [YAMLLocated<String>]
    let evaluationInterval: Duration
    /// Whether values may differ in the last bit.
    let comparesFuzzily: Bool
    /// Names of groups in the order in which they are evaluated; the others follow.
    let groupOrder: [String]
    package let tests: [RuleTest]

    /// - Returns: the file, or `nil` if `issues` contains an error.
    package static func parse(
        _ text: String,
        file path: String
    ) -> (file: RuleTestFile?, issues: [YAMLIssue]) {
        let reading = YAMLDocument.read(text, file: path, as: .mapping { RuleTestFile($0, path) })
        return (reading.value, reading.issues)
    }

    private init(_ reader: YAMLMappingReader, _ path: String) {
        self.path = path
        ruleFiles = reader.value("rule_files", .list(of: .located(.nonEmptyString)), default: [])
        let interval = reader.positiveDuration("evaluation_interval", default: .seconds(60))
        evaluationInterval = interval
        comparesFuzzily = reader.value("fuzzy_compare", .bool, default: false)
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

/// One scenario: series, and what must come out of them at certain times.
package struct RuleTest: Sendable {
    /// Empty if the test has none.
    package let name: String
    let mark: YAMLMark
    /// Between two values of a series.
    let interval: Duration
    let start: Timestamp
    let inputSeries: [InputSeries]
    let alertChecks: [AlertCheck]
    let expressionChecks: [ExpressionCheck]
    let externalLabels: [String: String]
    let externalURL: String

    struct InputSeries: Sendable {
        let labels: Labels
        /// Without histograms.
        let values: [SeriesNotation.Value]
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

    /// The latest time that anything is checked at, from the start.
    var duration: Duration {
        max(
            alertChecks.map(\.time).max() ?? .zero,
            expressionChecks.map(\.time).max() ?? .zero
        )
    }
}
