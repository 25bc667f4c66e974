package import Foundation
import TestSupport
import URI
import Workbench
package import Workload

/// Debian's VictoriaMetrics, with vmalert for the fleet's rules.
package final class VictoriaMetricsServer: RuleServer {
    private let database: RunningProgram
    private let rules: RunningProgram
    private let url: String
    private let rulesURL: String
    private var writer: FleetWriter

    package static func start(
        _ fleet: Fleet,
        in folder: URL
    ) async throws -> VictoriaMetricsServer {
        let ports = try await FreePorts.find(2)
        let (url, rulesURL) = ("http://127.0.0.1:\(ports[0])", "http://127.0.0.1:\(ports[1])")
        let database = try RunningProgram(
            "victoria-metrics",
            Programs.benchmarked("victoria-metrics"),
            [
                "-storageDataPath=data", "-httpListenAddr=127.0.0.1:\(ports[0])",
                // Otherwise it shows nothing newer than 30 s.
                "-search.latencyOffset=0s",
            ],
            in: folder
        )
        try await database.waitUntilReady(url + "/health")
        // vmalert of this version does not know the key.
        let text = FleetRules.text.split(separator: "\n")
            .filter { !$0.contains("keep_firing_for:") }.joined(separator: "\n")
        try Data(text.utf8).write(to: folder.appending(path: "fleet.yml"))
        let rules = try RunningProgram(
            "vmalert",
            Programs.benchmarked("vmalert"),
            [
                "-rule=fleet.yml", "-datasource.url=\(url)", "-remoteWrite.url=\(url)",
                // Required, though nobody reads the alerts.
                "-notifier.url=\(url)",
                "-evaluationInterval=\(PrometheusServer.evaluationSeconds)s",
                "-httpListenAddr=127.0.0.1:\(ports[1])", "-disableAlertgroupLabel",
            ],
            in: folder
        )
        try await rules.waitUntilReady(rulesURL + "/health")
        return VictoriaMetricsServer(database, rules, url, rulesURL, FleetWriter(fleet, to: url))
    }

    private init(
        _ database: RunningProgram,
        _ rules: RunningProgram,
        _ url: String,
        _ rulesURL: String,
        _ writer: FleetWriter
    ) {
        self.database = database
        self.rules = rules
        self.url = url
        self.rulesURL = rulesURL
        self.writer = writer
    }

    package func append(through time: Int64) async throws {
        try await writer.append(through: time)
    }

    package func evaluate(_ query: String) async throws -> (seconds: Double, series: Int) {
        struct Answer: Decodable {
            struct Content: Decodable { let result: [AnySeries] }
            let data: Content
            let trace: Trace
        }
        struct Trace: Decodable {
            let duration_msec: Double
            let message: String
            let children: [Trace]?
        }
        let text = PercentEncoding.encode(query)
        let body = try await Web.get(url + "/api/v1/query?trace=1&query=\(text)").body
        let answer = try JSONDecoder().decode(Answer.self, from: body)
        let parts = answer.trace.children ?? []
        guard let evaluation = parts.first(where: { $0.message.hasPrefix("eval:") }) else {
            throw BenchError("no evaluation in the trace of \(query): \(parts.map(\.message))")
        }
        return (evaluation.duration_msec / 1000, answer.data.result.count)
    }

    /// The requests of vmalert to the database are part of the evaluation.
    package func cycleSeconds() async throws -> Double {
        struct Answer: Decodable {
            struct Content: Decodable { let groups: [Group] }
            struct Group: Decodable { let rules: [Rule] }
            struct Rule: Decodable {
                let evaluationTime: Double
                let lastError: String
                let name: String
            }
            let data: Content
        }
        let body = try await Web.get(rulesURL + "/api/v1/rules").body
        let rules = try JSONDecoder().decode(Answer.self, from: body).data.groups.flatMap(\.rules)
        if let failed = rules.first(where: { !$0.lastError.isEmpty }) {
            throw BenchError("vmalert cannot evaluate \(failed.name): \(failed.lastError)")
        }
        return rules.map(\.evaluationTime).reduce(0, +)
    }

    package func stopEvaluating() async throws {
        await rules.end()
    }

    package func alerts() async throws -> Set<RaisedAlert> {
        let answer = try await Web.get(rulesURL + "/api/v1/alerts")
        return Set(try JSONDecoder().decode(AlertsAnswer.self, from: answer.body).data.alerts)
    }

    /// Of the database alone.
    package func proportionalKilobytes() throws -> Int {
        try database.proportionalKilobytes()
    }

    package func end() async {
        await rules.end()
        await database.end()
    }
}
