import Foundation
import Testing

/// graphwarden and Prometheus' own promtool (2.42) check the same files.
@Suite("Promtool and graphwarden")
struct PromtoolRulesTests {
    private typealias Verdict = (status: Int32, failures: [String])

    private func promtool(_ file: String) async throws -> Verdict {
        let tool = try Program.debian("promtool")
        let (status, text) = try await Program.run(tool, ["test", "rules", file])
        let failures = text.split(separator: "\n").compactMap { line -> String? in
            if let match = line.firstMatch(of: /^ +alertname: (.+), time: ([^,]+),/) {
                return "alert \(match.1) at \(match.2)"
            }
            if let match = line.firstMatch(of: /^ +expr: "(.+)", time: ([^,]+),/) {
                return "expression \(match.1) at \(match.2)"
            }
            return line.firstMatch(of: /^ +rule: ([^,]+), time/).map { "rule \($0.1)" }
        }
        return (status, failures.sorted())
    }

    private func graphwarden(_ file: String) async throws -> Verdict {
        let (status, text) = try await Program.run(
            Program.graphwarden,
            ["test", "rules", "--promql-compat=v2", file]
        )
        let failures = text.split(separator: "\n").compactMap { line -> String? in
            guard let match = line.firstMatch(of: /FAILED ".*": (.+)$/) else { return nil }
            let rule = match.1.firstMatch(of: /^rule (.+) at\b/)
            return rule.map { "rule \($0.1)" } ?? String(match.1)
        }
        return (status, failures.sorted())
    }

    @Test("fail the same cases of the same tests")
    func failTheSameCases() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try scratch.write(RuleTestSamples.rules, to: "rules.yml")
        for (text, count) in [(RuleTestSamples.life, 6), (RuleTestSamples.times, 5)] {
            let file = try scratch.write(text, to: "test.yml").path
            let theirs = try await promtool(file)
            let ours = try await graphwarden(file)
            #expect(theirs.failures.count == count)
            #expect(ours.failures == theirs.failures)
            #expect(ours.status == 1 && theirs.status == 1)
        }
    }

    @Test("agree on the shipped rules", arguments: ["rules", "rules/prometheus"])
    func agreeOnTheShippedRules(folder: String) async throws {
        let folder = Program.root.appending(path: folder).path
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        let tests = names.filter { $0.hasSuffix("_test.yaml") }.sorted()
        #expect(!tests.isEmpty)
        for name in tests {
            let file = "\(folder)/\(name)"
            let theirs = try await promtool(file)
            let ours = try await graphwarden(file)
            #expect(theirs.status == 0 && theirs.failures.isEmpty)
            #expect(ours.status == 0 && ours.failures.isEmpty)
        }
    }

    @Test("accept the same file forms", arguments: RuleTestSamples.forms)
    func acceptTheSameForms(text: String) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try scratch.write("groups: 3", to: "broken.yml")
        let file = try scratch.write(text, to: "test.yml").path
        let theirs = try await promtool(file)
        let ours = try await graphwarden(file)
        #expect(ours.status == theirs.status)
    }

    @Test("report the same mistakes at the same positions", arguments: RuleMistakes.all)
    func findTheSameMistakes(mistake: RuleMistakes) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let file = try scratch.write(mistake.text, to: "r.yml").path
        let arguments = ["check", "rules"] + mistake.flags + [file]
        let theirs = try await Program.run(try Program.debian("promtool"), arguments)
        let ours = try await Program.run(Program.graphwarden, arguments)
        #expect(ours.status == theirs.status, "\(theirs.text)\(ours.text)")
        let found = theirs.text.split(separator: "\n").compactMap {
            $0.firstMatch(of: /r\.yml: (?:(\d+:\d+): (?:\d+:\d+: )?)?([Gg]roup.+)$/)
        }
        #expect(found.count == mistake.count, "\(theirs.text)")
        for match in found {
            // promtool reports no position for missing keys, nor for labels and annotations.
            let place = match.1.map { $0 == "0:0" ? ":" : ":\($0): " } ?? ":"
            #expect(
                ours.text.split(separator: "\n").contains {
                    $0.contains(place) && $0.hasSuffix(match.2)
                },
                "\(match.0)\n\(ours.text)"
            )
        }
    }
}
