import PromQL
import Series
import Testing

@testable import Rules
import Time

func minutes(_ count: Double) -> Timestamp { Timestamp(seconds: count * 60) }

/// A rule engine with its store, advanced manually.
struct EngineFixture {
    var rules: RuleEngine
    var store = SeriesStore(retention: .seconds(86_400), maximumSeries: 1000)

    init(_ text: String, interval: Duration = .seconds(60)) throws {
        rules = RuleEngine(
            files: [try Self.file(text)],
            options: RuleEngine.Options(interval: interval),
            engine: Engine(options: EngineOptions())
        )
    }

    static func file(_ text: String, path: String = "r.yml") throws -> RuleFile {
        let (file, issues) = RuleFile.parse(text, file: path)
        return try #require(file, "\(issues)")
    }

    /// One group with one rule.
    init(rule: String, group: String = "") throws {
        try self.init("groups: [{name: g, \(group) rules: [{\(rule)}]}]")
    }

    mutating func append(_ value: Double, _ labels: Labels, at minute: Double) {
        store.append(labels, value, at: minutes(minute))
    }

    @discardableResult
    mutating func evaluate(at minute: Double) -> EvaluationReport {
        rules.evaluateAll(at: minutes(minute), store: &store)
    }

    /// `pending g1`, `firing g2`: the state and graph of every alert that is not resolved.
    var alerts: [String] {
        rules.activeAlerts.map { "\($0.state.name) \($0.labels["graph_id"])" }
    }

    /// The series of a name that have a current sample at a time, without their name.
    func series(_ name: String, at minute: Double) -> [String: Double] {
        let references = store.select([LabelMatcher(name: Labels.metricNameLabel, .equal(name))])
        var found: [String: Double] = [:]
        for reference in references {
            let sample = store.newestSample(
                of: reference,
                after: minutes(minute - 5),
                through: minutes(minute)
            )
            let labels = store.labels(of: reference).removing(Labels.metricNameLabel)
            found["\(labels)"] = sample?.value
        }
        return found
    }
}

let graph1: Labels = ["__name__": "m", "graph_id": "g1"]
let graph2: Labels = ["__name__": "m", "graph_id": "g2"]
