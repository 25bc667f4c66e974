import Foundation
import Testing

@Suite("The rule files")
struct RuleFileTests {
    private static func text(_ path: String) throws -> String {
        try String(contentsOf: SourceTree.root.appending(path: path), encoding: .utf8)
    }

    private static func rules(in folder: String) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(
            atPath: SourceTree.root.appending(path: folder).path
        )
        return names.filter { $0.hasSuffix(".yml") }.sorted().map { "\(folder)/\($0)" }
    }

    @Test("have a unit test beside them", arguments: ["rules", "rules/prometheus"])
    func haveTests(folder: String) throws {
        let rules = try Self.rules(in: folder)
        #expect(!rules.isEmpty)
        for rule in rules {
            let test = rule.dropLast(".yml".count) + "_test.yaml"
            let file = SourceTree.root.appending(path: String(test))
            #expect(FileManager.default.fileExists(atPath: file.path), "\(rule) has no \(test)")
        }
    }

    /// Alerts fall back to a default where a threshold is missing; it must be the same.
    @Test("fall back to the thresholds of thresholds.yml")
    func thresholds() throws {
        let thresholds = try Self.text("rules/thresholds.yml")
        var defaults: [String: String] = [:]
        for match in thresholds.matches(of: /record: (graphwarden:\w+)\n +expr: (.+)/) {
            defaults[String(match.1)] = String(match.2)
        }
        var used: Set<String> = []
        for file in try Self.rules(in: "rules") where file != "rules/thresholds.yml" {
            let text = try Self.text(file)
            let fallback = /\(max\((graphwarden:\w+) > 0\) or vector\((.+?)\)\)/
            for match in text.matches(of: fallback) {
                let name = String(match.1)
                #expect(defaults[name] == String(match.2), "\(file): \(name)")
                used.insert(name)
            }
            // No use of a threshold lacks the fallback.
            let uses = text.matches(of: /graphwarden:\w+_(?:seconds|factor)\b/)
                .filter { !$0.0.hasSuffix("_timestamp_seconds") }
            #expect(uses.count == text.matches(of: fallback).count, "\(file)")
        }
        #expect(used == Set(defaults.keys))
    }
}
