import Cycle
import Diagnosis
import Exposition
import Foundation
import PromQL
import Remediation
import Rules
import Series
import Testing
import Time

@testable import API

/// What the shipped rules read is what the agent writes.
@Suite("The series of the shipped rules")
struct RuleSeriesTests {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "rules")
    /// The agent evaluates the files of the first folder; a Prometheus that scrapes the agent those
    /// of the second one.
    private static let own = files(in: folder)
    private static let foreign = files(in: folder.appending(path: "prometheus"))

    private static func files(in folder: URL) -> [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".yml") }.sorted().map { folder.appending(path: $0) }
    }

    private static var ownSeries: [String: [String]] {
        Dictionary(uniqueKeysWithValues: GraphMetric.allCases.map { ($0.rawValue, $0.labelNames) })
    }

    /// Everything at `/metrics`, with the labels that a scrape adds.
    private static var scrapedSeries: [String: [String]] {
        let agent = MetricCatalog.all.map { ($0.name, $0.labels) }
        let process = ProcessFamilies.all(.distantPast).map { ($0.name, $0.labelNames) }
        return ownSeries.merging(agent + process) { first, _ in first }
            .mapValues { $0 + ["job", "instance"] }
    }

    private static func read(_ files: [URL], _ series: [String: [String]]) throws -> [RuleFile] {
        var vocabulary = SeriesVocabulary(metrics: series)
        let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
        for (file, text) in zip(files, texts) {
            vocabulary.add(try #require(RuleFile.read(text, file: file.path).file))
        }
        return try zip(files, texts).map { file, text in
            let reading = RuleFile.read(text, file: file.path, vocabulary: vocabulary)
            let issues = (reading.issues + reading.duplicates).map { "\($0)" }
            #expect(issues == [])
            return try #require(reading.file)
        }
    }

    @Test("read no series and no label that nothing writes")
    func series() throws {
        #expect(Self.own.count >= 6 && !Self.foreign.isEmpty)
        for file in try Self.read(Self.own, Self.ownSeries) { #expect(!file.groups.isEmpty) }
        for file in try Self.read(Self.foreign, Self.scrapedSeries) {
            #expect(!file.groups.isEmpty)
        }
    }

    @Test(
        "would be refused for a series that nothing writes",
        arguments: [
            "ges_graph_stauts_code == 200", "graphwarden_detect_only == 1",
            "ges_path_up{network=\"n\"} == 0", "graphwarden:unknown_seconds > 0",
        ]
    )
    func unknownSeries(expression: String) {
        let text = "groups: [{name: g, rules: [{alert: A, expr: '\(expression)'}]}]"
        let vocabulary = SeriesVocabulary(metrics: Self.ownSeries)
        #expect(RuleFile.read(text, file: "r.yml", vocabulary: vocabulary).issues.count == 1)
    }

    /// The values of labels that have a fixed set of them.
    private static let values: [String: [String: [String]]] = [
        "ges_graph_verdict": ["verdict": Verdict.labels],
        "ges_graph_probe_outcome": ["outcome": Answer.labels],
        "ges_graph_last_progress_timestamp_seconds": [
            "source": Diagnosis.Advance.Source.allCases.map(\.rawValue)
        ],
        "graphwarden_graph_held": ["reason": HoldReason.labels],
        "graphwarden_detect_only": ["reason": DetectOnlyReason.labels],
        "graphwarden_remediation_failures_total": [
            "reason": FailureReason.allCases.map(\.rawValue)
        ],
    ]

    /// A misspelt value selects nothing, or excludes nothing, for ever.
    @Test("name only values of labels that exist")
    func labelValues() throws {
        let files =
            try Self.read(Self.own, Self.ownSeries)
            + Self.read(Self.foreign, Self.scrapedSeries)
        var checked: Set<String> = []
        for rule in files.flatMap(\.groups).flatMap(\.rules) {
            for selector in rule.expression.selectors {
                for (label, known) in Self.values[selector.name] ?? [:] {
                    for matcher in selector.matchers where matcher.name == label {
                        for value in Self.alternatives(matcher) {
                            #expect(known.contains(value), "\(selector): \(value)")
                            checked.insert("\(selector.name) \(value)")
                        }
                    }
                }
            }
        }
        #expect(checked.contains("ges_graph_verdict flapping"))
        #expect(checked.contains("ges_graph_probe_outcome foreign_answer"))
        #expect(checked.contains("graphwarden_graph_held cooldown"))
    }

    /// Prometheus returns the series of an instant vector in no fixed order, and topk chooses
    /// any of equal values: a text that names one of several series would change from one
    /// evaluation to the next, and each change is a new notification.
    @Test("name the same series in every evaluation", arguments: Self.own + Self.foreign)
    func order(file: URL) throws {
        let text = try String(contentsOf: file, encoding: .utf8)
        for chosen in text.ranges(of: /\|\s*first/) {
            let before = text[..<chosen.lowerBound].suffix(160)
            let query = before[(before.ranges(of: "with").last?.lowerBound ?? before.startIndex)...]
            #expect(
                query.contains("{graph_id=%q}") || query.contains("| sortByLabel \""),
                "\(file.lastPathComponent): \(query)"
            )
        }
        #expect(!text.contains(/\b(top|bottom|limit)k\b/))
    }

    private static func alternatives(_ matcher: LabelMatcher) -> [String] {
        switch matcher.condition {
        case .equal(let value), .notEqual(let value): [value]
        case .matches(let pattern), .doesNotMatch(let pattern):
            pattern.source.split(separator: "|").map(String.init)
        }
    }
}
