import Foundation
import PromQL
import StrictYAML
import Testing

@testable import Rules

/// The rules shipped with the agent, in the repository's `rules` folder.
private enum ShippedRules {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "rules")

    /// Those that the agent evaluates, and those for a Prometheus that scrapes it.
    static let names = names(in: "") + names(in: "prometheus/")
    /// One for each class of hang.
    static let hangs = ["clear.yml", "export.yml", "import.yml", "unresponsive.yml"]

    private static func names(in part: String) -> [String] {
        let path = folder.appending(path: part).path()
        let files = try? FileManager.default.contentsOfDirectory(atPath: path)
        return (files ?? []).filter { $0.hasSuffix(".yml") }.sorted().map { part + $0 }
    }

    static func rules(_ name: String) throws -> RuleFile {
        try #require(RuleFile.parse(try text(name), file: name).file)
    }

    static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
}

@Suite("The shipped rules")
struct ShippedRulesTests {
    @Test("cover every class of hang, and people")
    func coverage() {
        #expect(Set(ShippedRules.names).isSuperset(of: ShippedRules.hangs))
        #expect(ShippedRules.names.contains("alerts.yml"))
        #expect(ShippedRules.names.contains("prometheus/agent.yml"))
    }

    @Test("have no lint finding, and only hangs request a restart", arguments: ShippedRules.names)
    func findings(name: String) throws {
        let (file, issues) = RuleFile.parse(try ShippedRules.text(name), file: name)
        #expect(issues.isEmpty, "\(issues)")
        var requests = 0
        for case .alerting(let alert) in try #require(file).groups.flatMap(\.rules) {
            let labels = Dictionary(
                uniqueKeysWithValues: alert.labels.map { ($0.name, $0.text) }
            )
            #expect(["critical", "warning"].contains(labels["severity"]))
            #expect(alert.annotations.map(\.name) == ["description", "runbook_url", "summary"])
            guard labels["remediate"] != nil || labels["hang"] != nil else { continue }
            requests += 1
            #expect(labels["remediate"] == "restart")
            #expect(labels["hang"] == String(name.dropLast(4)))
            #expect(alert.holdDuration > .zero)
        }
        #expect(requests == (ShippedRules.hangs.contains(name) ? 1 : 0))
    }

    /// Both interpretations of a window: Prometheus 3 excludes its start, Prometheus 2 does not.
    @Test("pass their tests", arguments: ShippedRules.names, [false, true])
    func tests(name: String, closedWindows: Bool) throws {
        let testName = name.replacing(".yml", with: "_test.yaml")
        let (tests, issues) = RuleTestFile.parse(try ShippedRules.text(testName), file: testName)
        let file = try #require(tests, "\(issues)")
        let folder = name.hasPrefix("prometheus/") ? "prometheus/" : ""
        let names = file.ruleFiles.map { folder + $0.value }
        #expect(names.first == name)
        #expect(file.tests.count > 1)
        var engine = EngineOptions()
        engine.compatibility = closedWindows ? .version2 : .version3
        let report = file.run(
            try names.map(ShippedRules.rules),
            options: RuleTestFile.Options(engine: engine)
        )
        #expect(report.passed, "\(report.description)")
    }
}
