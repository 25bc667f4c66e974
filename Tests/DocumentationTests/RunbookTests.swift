import Foundation
import Testing

/// The alerts of the rule files and of the agent.
@Suite("The runbook")
struct RunbookTests {
    /// The site that `packaging/docs` builds has the page at this path.
    private static let address =
        "https://example.org/graphwarden/documentation/graphwarden/runbook#"

    private static var ruleFiles: [String] {
        ["rules", "rules/prometheus"].flatMap { folder in
            Document.names(in: folder).filter { $0.hasSuffix(".yml") }.map { "\(folder)/\($0)" }
        }
    }

    /// `RemediationAlert` of the agent.
    private static func sentAlerts() throws -> [String] {
        let path = "Sources/Agent/Notifier/RemediationAlert.swift"
        return try Document.content(of: path).matches(of: /case \w+ = "(\w+)"/).map {
            "Graphwarden" + $0.1
        }
    }

    @Test("has a section for every alert, and no other")
    func sections() throws {
        var alerts = try Self.sentAlerts()
        #expect(alerts.count == 9)
        for file in Self.ruleFiles {
            alerts += try Document.content(of: file).matches(of: /- alert: (\w+)/).map {
                String($0.1)
            }
        }
        let sections = try Document.page("Runbook").headings.filter { $0.level == 3 }.map(\.text)
        #expect(Set(sections) == Set(alerts))
        #expect(sections.count == Set(sections).count)
    }

    @Test("answers the same questions for every alert")
    func questions() throws {
        let page = try Document.page("Runbook")
        for heading in page.headings where heading.level == 3 {
            let text = try page.section(heading.text).joined(separator: "\n")
            for question in ["Meaning:", "Impact", "ook at", "o:**", "Resolves:"] {
                #expect(text.contains(question), "\(heading.text): \(question)")
            }
        }
    }

    @Test("is where the alerts of the rule files point", arguments: ruleFiles)
    func addresses(file: String) throws {
        let headings = Set(try Document.page("Runbook").headings.map(\.text))
        let text = try Document.content(of: file)
        var alert = ""
        for line in text.split(separator: "\n") {
            if let match = line.firstMatch(of: /- alert: (\w+)/) { alert = String(match.1) }
            guard let match = line.firstMatch(of: /runbook_url: (\S+)/) else { continue }
            #expect(match.1 == Self.address + alert)
            #expect(headings.contains(alert))
        }
        let alerts = text.matches(of: /- alert:/).count
        #expect(text.matches(of: /runbook_url:/).count == alerts, "an alert without runbook_url")
    }

    @Test("and the page on Alertmanager list what the agent sends")
    func sent() throws {
        let page = try Document.page("Alertmanager")
        let rows = try page.table(in: "Send alerts to Alertmanager")
        #expect(
            try page.words(in: "Send alerts to Alertmanager").sorted() == Self.sentAlerts().sorted()
        )
        let code = try Document.content(of: "Sources/Agent/Notifier/RemediationAlert.swift")
        for row in rows {
            let name = row[0].replacing("`Graphwarden", with: "").replacing("`", with: "")
            let word = name.prefix(1).lowercased() + name.dropFirst()
            let line = code.split(separator: "\n").first {
                $0.contains(".\(word)") && $0.contains("case .")
            }
            #expect(line?.contains("\"\(row[1])\"") ?? false, "\(name): \(row[1])")
        }
    }

    @Test("and the rules agree on the thresholds")
    func thresholds() throws {
        let text = try Document.content(of: "rules/thresholds.yml")
        var defaults: [String: Int] = [:]
        for match in text.matches(of: /record: (graphwarden:\w+)\n +expr: (\d+) \* (\d+)/) {
            defaults[String(match.1)] = (Int(match.2) ?? 0) * (Int(match.3) ?? 0)
        }
        let units = ["minutes": 60, "hour": 3600, "hours": 3600]
        let rows = try Document.page("Rules").table(in: "Thresholds")
        for row in rows {
            let words = row[1].split { " ,".contains($0) }
            let seconds = (Int(words[0]) ?? 0) * (units[String(words[1])] ?? 0)
            #expect(defaults[row[0].replacing("`", with: "")] == seconds, "\(row[0])")
        }
        #expect(rows.count == defaults.count)
    }
}
