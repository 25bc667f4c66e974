package import PromQL
import Series
import Time

/// Runs scripts against an engine.
package struct ScriptRunner: Sendable {
    private let engine: Engine
    private let parserOptions: ParserOptions
    private let tolerance: Tolerance

    /// The defaults are those of Prometheus' own tests: experimental functions are enabled, and
    /// metric names are dropped at the end of a query.
    package init(
        engine: Engine = .forTests,
        parserOptions: ParserOptions = .experimental,
        tolerance: Tolerance = .standard
    ) {
        self.engine = engine
        self.parserOptions = parserOptions
        self.tolerance = tolerance
    }

    package func run(_ script: TestScript) -> ScriptReport {
        var report = ScriptReport(script: script.name)
        var bench = Bench()
        for statement in script.statements {
            switch statement.command {
            case .clear: bench = Bench()
            case .load(let load):
                if let failure = bench.load(load, line: statement.line) {
                    report.add(.failed([failure]), line: statement.line, subject: "load")
                }
            case .evaluate(let evaluation):
                report.add(
                    verdict(on: evaluation, bench),
                    line: statement.line,
                    subject: evaluation.description
                )
            }
        }
        return report
    }

    private func verdict(
        on evaluation: TestScript.Evaluation,
        _ bench: Bench
    ) -> CaseOutcome.Verdict {
        if evaluation.expectation.needsHistograms { return .skipped("it expects histograms") }
        let expression: Expression
        do {
            expression = try Expression.parse(evaluation.query, options: parserOptions)
        } catch {
            let differences = evaluation.expectation.differences(onFailure: error.description)
            return differences.isEmpty ? .passed : .failed(differences)
        }
        let differences = CaseRun(
            engine: engine,
            parserOptions: parserOptions,
            store: bench.store,
            selections: bench.selections,
            comparison: ResultComparison(tolerance: tolerance),
            evaluation: evaluation
        ).differences(for: expression)
        guard !differences.isEmpty else { return .passed }
        if let reason = bench.reasonToSkip(expression) { return .skipped(reason) }
        return .failed(differences)
    }
}

extension Engine {
    package static var forTests: Engine { forTests(.version3) }

    /// The engine of Prometheus' own tests, which since version 3 enable the feature
    /// `promql-delayed-name-removal`.
    package static func forTests(_ compatibility: EngineOptions.Compatibility) -> Engine {
        var options = EngineOptions()
        options.compatibility = compatibility
        options.delaysNameRemoval = compatibility == .version3
        return Engine(options: options)
    }
}

extension Labels {
    /// The native histogram that this bucket of a classic one would become part of, nil for other
    /// series.
    fileprivate var nativeHistogram: Labels? {
        let suffix = "_bucket"
        guard metricName.hasSuffix(suffix), !self["le"].isEmpty else { return nil }
        return removing("le").setting(
            Labels.metricNameLabel,
            to: String(metricName.dropLast(suffix.count))
        )
    }
}

/// The series that a script has loaded so far.
private struct Bench {
    let selections = SharedSelections(Selections())
    var store = SeriesStore(
        retention: .seconds(1_000_000_000_000),
        maximumSeries: 100_000,
        maximumSamplesPerSeries: 2 * SeriesNotation.maximumValues
    )
    /// Series for which the script loads more than a store of floats can hold, such as histograms.
    /// Failures of queries that select them are skipped.
    private var incomplete: [(labels: Labels, reason: String)] = []

    /// Returns what went wrong, nil if nothing did.
    mutating func load(_ load: TestScript.Load, line: Int) -> Difference? {
        // If a load has several lines for one series, the last one counts.
        var values: [Labels: [SeriesNotation.Value]] = [:]
        for series in load.series {
            if series.givesStartTimestamps {
                incomplete.append((series.labels, "start timestamps, loaded in line \(line)"))
            } else {
                values[series.labels] = series.values
            }
            if series.values.contains(.histogram) {
                incomplete.append((series.labels, "native histograms, loaded in line \(line)"))
            }
            if load.makesNativeHistograms, let native = series.labels.nativeHistogram {
                incomplete.append((native, "native histograms, made in line \(line)"))
            }
        }
        for series in load.series {
            guard let values = values.removeValue(forKey: series.labels) else { continue }
            if let failure = append(values, to: series.labels, load.interval) { return failure }
        }
        return nil
    }

    private mutating func append(
        _ values: [SeriesNotation.Value],
        to labels: Labels,
        _ interval: Duration
    ) -> Difference? {
        let step = interval.wholeMilliseconds
        for (index, value) in values.enumerated() {
            guard case .number(let number) = value else { continue }
            let time = Timestamp(milliseconds: Int64(index) * step)
            let result = store.append(labels, number, at: time)
            guard result.isAccepted else {
                let place = "\(labels.seriesDescription) at \(time.seconds.scriptText) s"
                return .remark("cannot append to \(place): \(result)")
            }
        }
        return nil
    }

    /// Why a failure of the query is not the engine's fault; nil if it is.
    func reasonToSkip(_ expression: Expression) -> String? {
        for selector in expression.selectors {
            for (labels, reason) in incomplete
            where selector.matchers.allSatisfy({ $0.matches(labels) }) {
                return "it needs \(reason)"
            }
        }
        return nil
    }
}

extension TestScript.Evaluation: CustomStringConvertible {
    package var description: String {
        switch time {
        case .instant(let time): "eval instant at \(time.scriptText) \(query)"
        case .range(let from, let through, let step):
            "eval range from \(from.scriptText) to \(through.scriptText)"
                + " step \((Timestamp(milliseconds: 0) + step).scriptText) \(query)"
        }
    }
}

extension Timestamp {
    /// The time in seconds with the unit: `300s`.
    var scriptText: String { seconds.scriptText + "s" }
}

extension Expectation {
    fileprivate var needsHistograms: Bool {
        switch result {
        case .scalar, .string: false
        case .series(let series), .rangeVector(let series, _, _, _):
            series.contains { $0.values.contains(.histogram) }
        }
    }
}
