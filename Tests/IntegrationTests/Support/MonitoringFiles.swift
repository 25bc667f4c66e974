import Foundation

/// The shipped files for Prometheus and Alertmanager, adapted to a test: other addresses, and a
/// minute takes two seconds.
enum MonitoringFiles {
    private static let speed = 30.0

    static func text(_ path: String) throws -> String {
        try String(contentsOf: Program.root.appending(path: path), encoding: .utf8)
    }

    /// A rule file with faster windows, waiting times and thresholds.
    static func fastRules(_ path: String) throws -> String {
        var text = try text(path)
        text.replace(/\[([0-9smhd]+)\]/) { "[\(faster($0.1))]" }
        text.replace(/for: ([1-9][0-9smhd]*)/) { "for: \(faster($0.1))" }
        text.replace("* 3600", with: "* \(Int(3_600 / speed))")
        text.replace("* 60", with: "* \(Int(60 / speed))")
        return text
    }

    private static func faster(_ duration: Substring) -> String {
        let units: [Substring: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        let seconds = duration.matches(of: /(\d+)([smhd])/).reduce(0) {
            $0 + (Double($1.1) ?? 0) * (units[$1.2] ?? 0)
        }
        return "\(Int(seconds / speed * 1_000))ms"
    }

    /// Every rule file for a Prometheus that scrapes the agent, by the name in `scrape.yml`.
    static func fastRuleFiles() throws -> [String: String] {
        let folder = Program.root.appending(path: "rules").path
        let shipped = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".yml") }
            .map { "rules/\($0)" }
        let paths = shipped + ["rules/prometheus/agent.yml", "packaging/prometheus/recording.yml"]
        let files = try paths.map { path in
            let name = path.split(separator: "/").last ?? ""
            return ("graphwarden-\(name)", try fastRules(path))
        }
        return Dictionary(uniqueKeysWithValues: files)
    }

    /// The shipped configuration of Prometheus, with the job that is plain or the one with TLS.
    static func prometheus(
        agent: String,
        alertmanager: String,
        keepsTLS: Bool = false
    ) throws -> String {
        var text = try text("packaging/prometheus/scrape.yml")
        text.replace("scrape_interval: 30s", with: "scrape_interval: 1s")
        text.replace("scrape_timeout: 10s", with: "scrape_timeout: 1s")
        text.replace("evaluation_interval: 30s", with: "evaluation_interval: 1s")
        text.replace("graphwarden/*.yml", with: "graphwarden-*.yml")
        text.replace("localhost:9093", with: alertmanager)
        text.replace("localhost:10355", with: agent)
        text.replace("graphwarden.example.org:10355", with: agent)
        let jobs = text.ranges(of: "  - job_name: ")
        guard jobs.count == 2 else { throw Program.Failure(description: "not two jobs:\n\(text)") }
        let (plain, secured) = (jobs[0].lowerBound, jobs[1].lowerBound)
        text.removeSubrange(keepsTLS ? plain..<secured : secured..<text.endIndex)
        return text
    }

    /// The shipped configuration of Alertmanager.
    static func alertmanager(agent: String) throws -> String {
        var text = try text("packaging/prometheus/alertmanager.yml")
        text.replace("group_wait: 5s", with: "group_wait: 100ms")
        text.replace("group_interval: 1m", with: "group_interval: 2s")
        text.replace("localhost:10355", with: agent)
        text.replace("/etc/prometheus/graphwarden.token", with: "token")
        return text
    }
}
