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

    static let names: [String] = {
        let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path())
        return (files ?? []).filter { $0.hasSuffix(".yml") }.sorted()
    }()

    static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
}

@Suite("The shipped rules")
struct ShippedRulesTests {
    @Test("cover every class of hang")
    func coverage() {
        #expect(
            ShippedRules.names == ["clear.yml", "export.yml", "import.yml", "unresponsive.yml"]
        )
    }

    @Test("have no lint finding and request a restart", arguments: ShippedRules.names)
    func findings(name: String) throws {
        let (file, issues) = RuleFile.parse(try ShippedRules.text(name), file: name)
        #expect(issues.isEmpty, "\(issues)")
        for rule in try #require(file).groups.flatMap(\.rules) {
            guard case .alerting(let alert) = rule else { continue }
            let labels = Dictionary(
                uniqueKeysWithValues: alert.labels.map { ($0.name, $0.text) }
            )
            #expect(labels["remediate"] == "restart")
            #expect(labels["hang"] == String(name.dropLast(4)))
            #expect(alert.annotations.map(\.name) == ["description", "runbook_url", "summary"])
        }
    }

    /// Both interpretations of a window: Prometheus 3 excludes its start, Prometheus 2 does not.
    @Test("pass their tests", arguments: ShippedRules.names, [false, true])
    func tests(name: String, closedWindows: Bool) throws {
        let testName = name.replacing(".yml", with: "_test.yaml")
        let (tests, issues) = RuleTestFile.parse(try ShippedRules.text(testName), file: testName)
        let file = try #require(tests, "\(issues)")
        #expect(file.ruleFiles.map(\.value) == [name])
        #expect(file.tests.count > 5)
        let rules = try #require(RuleFile.parse(try ShippedRules.text(name), file: name).file)
        var engine = EngineOptions()
        engine.compatibility = closedWindows ? .version2 : .version3
        let report = file.run([rules], options: RuleTestFile.Options(engine: engine))
        #expect(report.passed, "\(report.description)")
    }
}
