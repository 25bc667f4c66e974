import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import URI

/// Debian's Prometheus.
struct PrometheusServer: Sendable {
    let program: Program
    let url: String
    private let scratch: Scratch
    private let http: HTTPClient

    /// Scrapes one target every two seconds: it must answer within that time. With a token, it sends
    /// its alerts to the scraped target.
    static func start(
        scraping target: String,
        rules: String = "groups: []",
        alertingToken: String? = nil
    ) async throws -> PrometheusServer {
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
        let configuration = """
            global: {scrape_interval: 2s, scrape_timeout: 2s}
            rule_files: [rules.yml]
            \(alerting)
            scrape_configs:
              - job_name: graphwarden
                static_configs: [{targets: ["\(address)"]}]
            """
        return try await start(
            configuration: configuration,
            files: ["rules.yml": rules, "token": alertingToken ?? ""]
        )
    }

    /// - Parameter files: what the configuration refers to, by name.
    static func start(
        configuration: String,
        files: [String: String]
    ) async throws -> PrometheusServer {
        let scratch = try Scratch()
        for (name, text) in files { try scratch.write(text, to: name) }
        try scratch.write(configuration, to: "prometheus.yml")
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

    func get(_ path: String) async throws -> JSONValue {
        try JSONValue.parse(try await http.send(HTTPRequest(url: url + path)).body)
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
