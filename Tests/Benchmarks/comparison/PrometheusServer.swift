import Foundation
import Series
import TestSupport
import URI
import Workbench
import Workload
import Time

/// Debian's Prometheus with the fleet's rules. Samples are written as fast as it accepts them.
final class PrometheusServer {
    let program: RunningProgram
    private let url: String
    private let fleet: Fleet
    /// The time of the newest samples written, in seconds since 1970.
    private(set) var newest: Int64

    private static let seriesPerRequest = 5000
    private static let stepsPerRequest: Int64 = 20
    static let evaluationSeconds = 5

    static func start(_ fleet: Fleet, in folder: URL) async throws -> PrometheusServer {
        try Data(FleetRules.text.utf8).write(to: folder.appending(path: "fleet.yml"))
        let configuration = """
            global: {scrape_interval: 15s, evaluation_interval: \(evaluationSeconds)s}
            rule_files: [fleet.yml]
            """
        try Data(configuration.utf8).write(to: folder.appending(path: "prometheus.yml"))
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
        let server = PrometheusServer(program, "http://127.0.0.1:\(port)", fleet)
        try await server.waitUntilReady()
        return server
    }

    private init(_ program: RunningProgram, _ url: String, _ fleet: Fleet) {
        self.program = program
        self.url = url
        self.fleet = fleet
        newest = fleet.origin - Fleet.intervalSeconds
    }

    private func waitUntilReady() async throws {
        try await eventually("Prometheus is ready", every: .milliseconds(100)) {
            (try? await Web.get(url + "/-/ready"))?.status == 200
        } lastSeen: {
            "\(program.output.suffix(2000))"
        }
    }

    /// Writes the samples up to `time`, in seconds since 1970.
    func append(through time: Int64) async throws {
        while newest + Fleet.intervalSeconds <= time {
            let due = (time - newest) / Fleet.intervalSeconds
            let steps = min(due, Self.stepsPerRequest)
            let times = (1...steps).map { newest + $0 * Fleet.intervalSeconds }
            for start in stride(from: 0, to: fleet.seriesCount, by: Self.seriesPerRequest) {
                let end = min(start + Self.seriesPerRequest, fleet.seriesCount)
                try await write(start..<end, times)
            }
            newest += steps * Fleet.intervalSeconds
        }
    }

    private func write(_ indices: Range<Int>, _ times: [Int64]) async throws {
        var request = RemoteWrite()
        for index in indices {
            request.append(
                fleet.labels(of: index),
                times.map { time in
                    Sample(
                        timestamp: Timestamp(milliseconds: time * 1000),
                        value: fleet.value(of: index, at: time)
                    )
                }
            )
        }
        let answer = try await Web.send(
            "POST",
            url + "/api/v1/write",
            request.body,
            headers: RemoteWrite.headers
        )
        guard answer.status == 204 else {
            throw BenchError(
                "prometheus refused samples: \(String(decoding: answer.body, as: UTF8.self))"
            )
        }
    }

    /// The time that Prometheus' evaluator itself took for a query, without HTTP and JSON.
    func evaluationSeconds(of query: String) async throws -> Double {
        struct Answer: Decodable {
            struct Content: Decodable { let stats: Statistics }
            struct Statistics: Decodable { let timings: Timings }
            struct Timings: Decodable { let evalTotalTime: Double }
            let data: Content
        }
        let text = PercentEncoding.encode(query)
        let answer = try await Web.get(url + "/api/v1/query?stats=all&query=\(text)")
        return try JSONDecoder().decode(Answer.self, from: answer.body).data.stats.timings
            .evalTotalTime
    }

    /// The last evaluation of all groups together, as Prometheus reports it.
    func cycleSeconds() async throws -> Double {
        let text = String(decoding: try await Web.get(url + "/metrics").body, as: UTF8.self)
        let name = "prometheus_rule_group_last_duration_seconds{"
        return text.split(separator: "\n").filter { $0.hasPrefix(name) }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }

    func alerts() async throws -> Set<RaisedAlert> {
        struct Answer: Decodable {
            struct Content: Decodable { let alerts: [Alert] }
            struct Alert: Decodable {
                let labels: [String: String]
                let state: String
            }
            let data: Content
        }
        let answer = try await Web.get(url + "/api/v1/alerts")
        let alerts = try JSONDecoder().decode(Answer.self, from: answer.body).data.alerts
        return Set(alerts.map { RaisedAlert(labels: $0.labels, state: $0.state) })
    }
}

/// The part of an alert on which both sides must agree.
struct RaisedAlert: Hashable {
    let labels: [String: String]
    let state: String
}
