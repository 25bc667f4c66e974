package import PromQL
package import RE2
import Series
import StrictYAML
import Time

extension RuleTestFile {
    package struct Options: Sendable {
        /// The allowed relative error of a value: the difference divided by the larger magnitude.
        /// 0 requires equality, as promtool does.
        package var tolerance: Double
        /// Runs only tests whose name matches; the expression is not anchored.
        package var nameFilter: RegularExpression?
        package var engine: EngineOptions
        /// For expressions in the tests and in templates.
        package var parser: ParserOptions

        package init(
            tolerance: Double = 0,
            nameFilter: RegularExpression? = nil,
            engine: EngineOptions = EngineOptions(),
            parser: ParserOptions = ParserOptions()
        ) {
            self.tolerance = tolerance
            self.nameFilter = nameFilter
            self.engine = engine
            self.parser = parser
        }
    }

    /// Runs the tests against `ruleFiles`, the files that match the test file's `rule_files`.
    package func run(_ ruleFiles: [RuleFile], options: Options = Options()) -> RuleTestReport {
        let groups = ordered(ruleFiles.flatMap(\.groups))
        let cases = tests.enumerated().compactMap { index, test -> RuleTestReport.Case? in
            if let filter = options.nameFilter, !filter.matches(test.name) { return nil }
            let run = RuleTestRun(test: test, file: self, groups: groups, options: options)
            return RuleTestReport.Case(
                name: test.name.isEmpty ? "test \(index + 1)" : test.name,
                line: test.mark.line,
                failures: run.failures()
            )
        }
        return RuleTestReport(file: path, cases: cases)
    }

    /// Groups named in `group_eval_order` first, in that order; the rest in file order.
    private func ordered(_ groups: [RuleGroup]) -> [RuleGroup] {
        let rank = Dictionary(
            groupOrder.enumerated().map { ($0.element, $0.offset) },
            uniquingKeysWith: { first, _ in first }
        )
        return groups.enumerated().sorted {
            (rank[$0.element.name] ?? .max, $0.offset) < (rank[$1.element.name] ?? .max, $1.offset)
        }.map(\.element)
    }
}

/// One run of one test. Every test has its own engine and store, so that tests cannot influence one
/// another.
private struct RuleTestRun {
    let test: RuleTest
    let file: RuleTestFile
    let groups: [RuleGroup]
    let options: RuleTestFile.Options

    func failures() -> [RuleTestReport.Failure] {
        var engineOptions = options.engine
        engineOptions.defaultSubqueryStep = file.evaluationInterval
        let engine = Engine(options: engineOptions)
        var rules = RuleEngine(
            files: [RuleFile(path: file.path, groups: groups)],
            options: RuleEngine.Options(
                interval: file.evaluationInterval,
                externalLabels: test.externalLabels,
                externalURL: test.externalURL
            ),
            engine: engine,
            parser: options.parser
        )
        // A year of retention on top of the test: expressions may look back far before the start,
        // and nothing may be dropped before the expression checks, which run last.
        var store = SeriesStore(
            retention: test.duration + .seconds(3600 * 24 * 365),
            maximumSeries: 1_000_000
        )
        var feed = SeriesFeed(test)
        var failures: [RuleTestReport.Failure] = []
        let end = test.start + test.duration
        var time = test.start
        while time <= end {
            let next = time + file.evaluationInterval
            feed.append(through: time, to: &store)
            let errors = errors(in: rules.evaluateAll(at: time, store: &store), at: time)
            // Like promtool, stop at the first time at which a rule fails.
            guard errors.isEmpty else { return failures + errors }
            // A check between two evaluations sees the alerts of the earlier one.
            let alerts = rules.activeAlerts
            for check in test.alertChecks
            where time <= test.start + check.time
                && test.start + check.time < next
            {
                failures += compare(check, alerts)
            }
            time = next
        }
        return failures + test.expressionChecks.flatMap { compare($0, engine, store) }
    }

    private func errors(
        in report: EvaluationReport,
        at time: Timestamp
    ) -> [RuleTestReport.Failure] {
        report.groups.flatMap(\.rules).compactMap { rule in
            rule.error.map { error in
                RuleTestReport.Failure(
                    line: test.mark.line,
                    time: time - test.start,
                    subject: "rule \(rule.name)",
                    lines: [.note(error)]
                )
            }
        }
    }

    // MARK: Alerts

    private func compare(
        _ check: RuleTest.AlertCheck,
        _ alerts: [ActiveAlert]
    ) -> [RuleTestReport.Failure] {
        let firing = alerts.filter { $0.ruleName == check.alertName && $0.firedAt != nil }
        let actual = firing.map { alert in
            RuleTest.ExpectedAlert(
                labels: alert.labels,
                annotations: Dictionary(
                    alert.annotations.map { ($0.name, $0.value) },
                    uniquingKeysWith: { _, last in last }
                )
            )
        }
        let lines = RuleTestDifference.alerts(expected: check.expected, actual: actual)
        guard !lines.isEmpty else { return [] }
        return [
            RuleTestReport.Failure(
                line: check.mark.line,
                time: check.time,
                subject: "alert \(check.alertName)",
                lines: lines
            )
        ]
    }

    // MARK: Expressions

    private func compare(
        _ check: RuleTest.ExpressionCheck,
        _ engine: Engine,
        _ store: SeriesStore
    ) -> [RuleTestReport.Failure] {
        let lines: [RuleTestReport.Line]
        do {
            let actual = try samples(of: check, engine, store)
            lines = RuleTestDifference.samples(
                expected: check.expected,
                actual: actual,
                areEqual: areEqual
            )
        } catch {
            lines = [.note("\(error)")]
        }
        guard !lines.isEmpty else { return [] }
        return [
            RuleTestReport.Failure(
                line: check.mark.line,
                time: check.time,
                subject: "expression \(check.expression)",
                lines: lines
            )
        ]
    }

    private func samples(
        of check: RuleTest.ExpressionCheck,
        _ engine: Engine,
        _ store: SeriesStore
    ) throws -> [RuleTest.ExpectedSample] {
        let expression = try Expression.parse(check.expression, options: options.parser)
        switch try engine.instant(expression, at: test.start + check.time, in: store) {
        case .vector(let samples):
            return samples.map { RuleTest.ExpectedSample(labels: $0.labels, value: $0.value) }
        case .scalar(let value, _): return [RuleTest.ExpectedSample(labels: [:], value: value)]
        case .matrix, .string: throw RuleFailure.query("rule result is not a vector or scalar")
        }
    }

    /// NaN equals NaN here. `fuzzy_compare` allows the neighbouring floating-point values.
    private func areEqual(_ expected: Double, _ actual: Double) -> Bool {
        if expected == actual || expected.isNaN && actual.isNaN { return true }
        guard expected.isFinite, actual.isFinite else { return false }
        if file.comparesFuzzily, expected.nextUp == actual || expected.nextDown == actual {
            return true
        }
        let scale = max(expected.magnitude, actual.magnitude)
        return (expected - actual).magnitude <= options.tolerance * scale
    }
}

/// Appends the input series to the store step by step. An evaluation must not see later samples:
/// range selectors with negative offsets would return them.
private struct SeriesFeed {
    private let test: RuleTest
    private var series: [(labels: Labels, values: SeriesValues.Iterator, isAtEnd: Bool)]
    private var position = 0

    init(_ test: RuleTest) {
        self.test = test
        // If a series is listed more than once, the last one wins, as in promtool.
        let last = Dictionary(
            test.inputSeries.enumerated().map { ($0.element.labels, $0.offset) },
            uniquingKeysWith: { _, last in last }
        )
        series = last.values.sorted().map {
            (test.inputSeries[$0].labels, test.inputSeries[$0].values.makeIterator(), false)
        }
    }

    /// Appends all values up to and including `time`. Multiplication may overflow with absurd
    /// intervals; such a value lies beyond any evaluation.
    mutating func append(through time: Timestamp, to store: inout SeriesStore) {
        while !series.isEmpty {
            let distance = test.interval.wholeMilliseconds.multipliedReportingOverflow(
                by: Int64(position)
            )
            guard !distance.overflow else { return }
            let now = test.start.advanced(byMilliseconds: distance.partialValue)
            guard now <= time else { return }
            var hasEnded = false
            for index in series.indices {
                switch series[index].values.next() {
                case .number(let value): store.append(series[index].labels, value, at: now)
                case nil:
                    series[index].isAtEnd = true
                    hasEnded = true
                case .gap, .histogram: break
                }
            }
            if hasEnded { series.removeAll(where: \.isAtEnd) }
            position += 1
        }
    }
}
