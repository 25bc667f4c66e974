package import Foundation
import TestSupport
import URI
import Workbench
package import Workload

/// Debian's Prometheus with the fleet's rules.
package final class PrometheusServer: RuleServer {
    private let program: RunningProgram
    private let configuration: URL
    private let url: String
    private var writer: FleetWriter

    package static let evaluationSeconds = 5

    package static func start(_ fleet: Fleet, in folder: URL) async throws -> PrometheusServer {
        try Data(FleetRules.text.utf8).write(to: folder.appending(path: "fleet.yml"))
        let configuration = folder.appending(path: "prometheus.yml")
        try Data(settings(rules: "fleet.yml").utf8).write(to: configuration)
        let port = try await FreePorts.find(1)[0]
        let program = try RunningProgram(
            "prometheus",
            Programs.debian("prometheus"),
            [
                "--config.file=prometheus.yml", "--storage.tsdb.path=data",
                "--web.listen-address=127.0.0.1:\(port)", "--web.enable-remote-write-receiver",
                "--log.level=warn",
            ],
            in: folder
        )
        let url = "http://127.0.0.1:\(port)"
        try await program.waitUntilReady(url + "/-/ready")
        return PrometheusServer(program, configuration, url, FleetWriter(fleet, to: url))
    }

    private static func settings(rules: String) -> String {
        """
        global: {scrape_interval: 15s, evaluation_interval: \(evaluationSeconds)s}
        rule_files: [\(rules)]

        """
    }

    private init(
        _ program: RunningProgram,
        _ configuration: URL,
        _ url: String,
        _ writer: FleetWriter
    ) {
        self.program = program
        self.configuration = configuration
        self.url = url
        self.writer = writer
    }

    package func append(through time: Int64) async throws {
        try await writer.append(through: time)
    }

    package func evaluate(_ query: String) async throws -> (seconds: Double, series: Int) {
        struct Answer: Decodable {
            struct Content: Decodable {
                let stats: Statistics
                let result: [AnySeries]
            }
            struct Statistics: Decodable { let timings: Timings }
            struct Timings: Decodable { let evalTotalTime: Double }
            let data: Content
        }
        let text = PercentEncoding.encode(query)
        let answer = try await Web.get(url + "/api/v1/query?stats=all&query=\(text)")
        let data = try JSONDecoder().decode(Answer.self, from: answer.body).data
        return (data.stats.timings.evalTotalTime, data.result.count)
    }

    /// All groups together.
    package func cycleSeconds() async throws -> Double {
        let text = String(decoding: try await Web.get(url + "/metrics").body, as: UTF8.self)
        let name = "prometheus_rule_group_last_duration_seconds{"
        return text.split(separator: "\n").filter { $0.hasPrefix(name) }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }

    package func stopEvaluating() async throws {
        try Data(Self.settings(rules: "").utf8).write(to: configuration)
        program.signal(SIGHUP)
        try await eventually("prometheus has no rules", every: .milliseconds(200)) {
            let answer = try await Web.get(url + "/api/v1/rules")
            return String(decoding: answer.body, as: UTF8.self).contains("\"groups\":[]")
        }
    }

    package func alerts() async throws -> Set<RaisedAlert> {
        let answer = try await Web.get(url + "/api/v1/alerts")
        return Set(try JSONDecoder().decode(AlertsAnswer.self, from: answer.body).data.alerts)
    }

    package func proportionalKilobytes() throws -> Int {
        try program.proportionalKilobytes()
    }

    package func end() async {
        await program.end()
    }
}

/// A series of a query's result, of which only the number matters.
struct AnySeries: Decodable {}
