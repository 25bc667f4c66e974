import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing
import URI

@Suite("A real Prometheus")
struct PrometheusTests {
    @Test("scrapes the agent and stores the values that the agent exports")
    func scrape() async throws {
        try await RunningAgent.with(AgentSetup()) { agent in
            try await agent.waitUntilReady()
            let prometheus = try await PrometheusServer.start(scraping: agent.process.url)
            defer { prometheus.stop() }
            try await prometheus.waitUntilUp()
            let graph = try agent.graphID(0)
            let expected = [
                "ges_graph_status_code{graph_id=\"\(graph)\"}": 200.0,
                "ges_graph_up{graph_id=\"\(graph)\"}": 1,
                "ges_up{project_id=\"\(agent.projectID)\"}": 1,
                "sum(ges_graphs)": 5,
                "count(ges_graph_info)": 5,
                "graphwarden_remediations_total{action=\"restart\"}": 0,
                "graphwarden_ready": 1,
            ]
            // A process of this kind uses more than 4 MiB and less than 4 GiB, and may open 16
            // files.
            let plausible =
                "process_resident_memory_bytes > 4194304 < 4294967296"
                + " and process_virtual_memory_bytes > process_resident_memory_bytes"
                + " and process_max_fds >= 16"
            #expect(try await prometheus.value(of: plausible) != nil)
            // On a busy machine a poll may time out, which its scrape shows.
            for (query, value) in expected {
                try await eventually("\(query) is \(value)", every: .milliseconds(100)) {
                    try await prometheus.value(of: query)
                } is: { seen in
                    seen == value
                }
            }
        }
    }

    @Test("accepts the metrics without lint warnings")
    func lint() async throws {
        try await RunningAgent.with(AgentSetup()) { agent in
            try await agent.waitUntilReady()
            let victim = try agent.hangGraph(1, .unresponsive)
            try await agent.waitUntilVerified(victim)
            let exposition = try await agent.process.get("/metrics")
            #expect(
                exposition.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8"
            )
            let file = agent.folder.appending(path: "metrics.txt")
            try Data(exposition.body).write(to: file)
            let promtool = try Program.debian("promtool")
            let (status, text) = try await Program.run(
                URL(filePath: "/bin/sh"),
                ["-c", "exec \"$0\" check metrics < \"$1\"", promtool.path, file.path]
            )
            #expect(status == 0, "\(text)")
            #expect(text.isEmpty, "\(text)")
        }
    }

    @Test("accepts the shipped scrape configuration")
    func scrapeConfiguration() async throws {
        let file = Program.root.appending(path: "packaging/prometheus/scrape.yml")
        let (status, text) = try await Program.run(
            try Program.debian("promtool"),
            ["check", "config", file.path]
        )
        #expect(status == 0, "\(text)")
    }
}

/// Debian's Prometheus, scraping one target every two seconds: it must answer within that time.
struct PrometheusServer {
    let program: Program
    private let url: String
    private let scratch: Scratch
    private let http: HTTPClient

    /// With a token, it sends its alerts to the scraped target.
    static func start(
        scraping target: String,
        rules: String = "groups: []",
        alertingToken: String? = nil
    ) async throws -> PrometheusServer {
        let scratch = try Scratch()
        let address = target.dropFirst("http://".count)
        let alerting =
            alertingToken == nil
            ? ""
            : """
            alerting:
              alertmanagers:
                - api_version: v2
                  authorization: {credentials_file: token}
                  static_configs: [{targets: ["\(address)"]}]
            """
        try scratch.write(alertingToken ?? "", to: "token")
        try scratch.write(rules, to: "rules.yml")
        try scratch.write(
            """
            global: {scrape_interval: 2s, scrape_timeout: 2s}
            rule_files: [rules.yml]
            \(alerting)
            scrape_configs:
              - job_name: graphwarden
                static_configs: [{targets: ["\(address)"]}]
            """,
            to: "prometheus.yml"
        )
        // Prometheus does not report which port it got, so a free one is chosen first.
        let port = try await FreePort.find()
        let program = try Program(
            try Program.debian("prometheus"),
            [
                "--config.file=prometheus.yml", "--storage.tsdb.path=data",
                "--web.listen-address=127.0.0.1:\(port)",
            ],
            in: scratch.folder
        )
        return PrometheusServer(
            program: program,
            url: "http://127.0.0.1:\(port)",
            scratch: scratch,
            http: try HTTPClient(configuration: HTTPClientConfiguration())
        )
    }

    func waitUntilUp() async throws {
        try await eventually("Prometheus scrapes", every: .milliseconds(100)) {
            try await value(of: "up") == 1
        } lastSeen: {
            program.text
        }
    }

    /// The value of an instant query with one result; nil if there is none.
    func value(of query: String) async throws -> Double? {
        let request = HTTPRequest(url: "\(url)/api/v1/query?query=\(PercentEncoding.encode(query))")
        guard let answer = try? await http.send(request), answer.status == 200 else { return nil }
        let result = try JSONValue.parse(answer.body)["data"]?["result"]
        return (result?[0]?["value"]?[1]?.stringValue).flatMap(Double.init)
    }

    func stop() {
        program.signal(SIGTERM)
        http.shutdown()
        scratch.remove()
    }
}

enum FreePort {
    /// A port that was just free: a server of this process used it and has closed it.
    static func find() async throws -> Int {
        let server = try await SimulatedCloudServer.bind(AgentSetup.fleet)
        let port = server.endpoints.dataPlanePort
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            await server.stop()
        }
        return port
    }
}
