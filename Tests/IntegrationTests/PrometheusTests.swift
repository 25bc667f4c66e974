import Foundation
import GESSimulator
import HTTPClient
import JSON
import Testing

@Suite("A real Prometheus")
struct PrometheusTests {
    @Test("scrapes the agent and finds the values that the agent holds")
    func scrape() async throws {
        try await Stage.with(Scene()) { stage in
            try await stage.waitUntilReady()
            let prometheus = try await PrometheusServer.start(scraping: stage.agent.url)
            defer { prometheus.stop() }
            let up = try await eventually(within: .seconds(60)) {
                try await prometheus.value(of: "up") == 1
            }
            #expect(up, "\(prometheus.program.text)")
            let graph = try stage.graph(0)
            let expected = [
                "ges_graph_status_code{graph_id=\"\(graph)\"}": 200.0,
                "ges_graph_up{graph_id=\"\(graph)\"}": 1,
                "ges_up{project_id=\"\(stage.projectID)\"}": 1,
                "sum(ges_graphs)": 5,
                "count(ges_graph_info)": 5,
                "graphwarden_remediations_total{action=\"restart\"}": 0,
                "graphwarden_ready": 1,
            ]
            // A program of this kind has more than 4 MiB and fewer than 4 GiB, and may open 16 files.
            let plausible =
                "process_resident_memory_bytes > 4194304 < 4294967296"
                + " and process_virtual_memory_bytes > process_resident_memory_bytes"
                + " and process_max_fds >= 16"
            #expect(try await prometheus.value(of: plausible) != nil)
            // On a busy machine a poll may run out of time, and its scrape shows that.
            for (query, value) in expected {
                let holds = try await eventually(within: .seconds(30)) {
                    try await prometheus.value(of: query) == value
                }
                #expect(holds, "\(query)")
            }
        }
    }

    @Test("accepts the metrics without a finding of its linter")
    func lint() async throws {
        try await Stage.with(Scene()) { stage in
            try await stage.waitUntilReady()
            try stage.hang(1, .unresponsive)
            try await Task.sleep(for: .seconds(4))
            let exposition = try await stage.agent.get("/metrics")
            #expect(
                exposition.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8"
            )
            let file = stage.folder.appending(path: "metrics.txt")
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

    @Test("finds the shipped scrape configuration right")
    func scrapeConfiguration() async throws {
        let file = Program.root.appending(path: "packaging/prometheus/scrape.yml")
        let (status, text) = try await Program.run(
            try Program.debian("promtool"),
            ["check", "config", file.path]
        )
        #expect(status == 0, "\(text)")
    }
}

/// Debian's Prometheus, scraping one target each second.
struct PrometheusServer {
    let program: Program
    private let url: String
    private let scratch: Scratch
    private let http: HTTPClient

    /// With a token it sends its alerts to what it scrapes.
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
            global: {scrape_interval: 1s, scrape_timeout: 900ms}
            rule_files: [rules.yml]
            \(alerting)
            scrape_configs:
              - job_name: graphwarden
                static_configs: [{targets: ["\(address)"]}]
            """,
            to: "prometheus.yml"
        )
        // Prometheus does not tell which port it got, so a free one is looked for first.
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

    /// The value of an instant query with one result; nil while there is none.
    func value(of query: String) async throws -> Double? {
        let encoded = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let request = HTTPRequest(url: "\(url)/api/v1/query?query=\(encoded)")
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
    /// A port that was free a moment ago: a server of ours had it, and is gone.
    static func find() async throws -> Int {
        let server = try await SimulatedCloudServer.bind(Scene.fleet)
        let port = server.endpoints.dataPlanePort
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            await server.stop()
        }
        return port
    }
}
