import Foundation
import TestSupport
import Workbench

/// An agent in mode `auto` and its simulated cloud, whose graphs hang one after another.
struct ReactionSetup {
    let cloud: CloudProcess
    private let agent: AgentProcess
    let folder: URL
    private let graphs: [String]

    /// Of every request to a graph.
    static let timeoutSeconds = 0.5

    static func start(_ binary: URL, graphs: Int) async throws -> ReactionSetup {
        let folder = try Programs.folder("reaction")
        let cloud = try await CloudProcess.start(
            binary,
            graphs: graphs,
            // Restarts of a few seconds.
            arguments: ["--time-scale=0.02"],
            in: folder
        )
        try Data(rules.utf8).write(to: folder.appending(path: "rules.yml"))
        let agent = try await AgentProcess.start(
            binary,
            configuration: configuration(cloud.description),
            password: cloud.description.password,
            in: folder
        )
        return ReactionSetup(
            cloud: cloud,
            agent: agent,
            folder: folder,
            graphs: try await cloud.graphIDs()
        )
    }

    /// Times that let a graph be restarted every few seconds. The agent acts on the first alert, so
    /// that the reading that proves the hang is the last thing that is missing.
    private static func configuration(_ cloud: CloudProcess.Description) -> String {
        """
        \(cloud.section)
        graphs:
          - match: {name: ".*"}
            mode: auto
        sampling:
          interval: 1s
          timeout: \(Int(timeoutSeconds * 1000))ms
          data_plane: \(cloud.dataPlane)
        evaluation_interval: 1s
        rule_files: [rules.yml]
        remediation:
          startup_grace: 1s
          state_change_grace: 1s
          cooldown: 1s
          max_attempts: {1h: 1000}
          budget: {1h: 1000}
          posts: {1h: 1000}
          evidence_timeout: 5s
          restart_timeout: 60s
          verify: {probes: 1, within: 20s}
          breaker: {soft: {graphs: 1000}, hard: {graphs: 1000}, within: 10s, settle: 1s}

        """
    }

    private static let rules = """
        groups:
          - name: hangs
            rules:
              - alert: GraphUnresponsive
                expr: |
                  max by (graph_id) (ges_graph_probe_success) == 0
                  and on (graph_id) ges_graph_status_code == 200
                labels: {remediate: restart, hang: unresponsive}
                annotations: {summary: "Graph {{ $labels.graph_id }} does not answer"}

        """

    func waitUntilReady() async throws {
        try await eventually("the agent watches \(graphs.count) graphs", every: .milliseconds(200))
        {
            try await agent.metric(#"graphwarden_sampling_cycles_total{source="ges_api"}"#) ?? 0
                >= 4
        } lastSeen: {
            "\(agent.program.output.suffix(2000))"
        }
    }

    /// Lets a graph hang, and returns its requests up to the restart.
    func requestsUntilRestart(ofGraph number: Int) async throws -> [LoggedRequest] {
        let id = graphs[number]
        guard await cloud.control("POST", "/graphs/\(id)/hang") else {
            throw BenchError("\(id) does not hang")
        }
        var requests: [LoggedRequest] = []
        try await eventually("\(id) is restarted", every: .milliseconds(100)) {
            requests = try await log(id)
            return requests.contains { $0.operation == "restart_graph" }
        } lastSeen: {
            "\(agent.program.output.suffix(2000))"
        }
        return requests
    }

    private func log(_ id: String) async throws -> [LoggedRequest] {
        struct Answer: Decodable { let requests: [LoggedRequest] }
        let answer = try await Web.get(
            cloud.description.control + "/control/requests?graph=\(id)&limit=200"
        )
        return try JSONDecoder().decode(Answer.self, from: answer.body).requests
    }

    /// Waits until the agent has finished with a graph.
    func waitUntilIdle(graph number: Int) async throws {
        let state = "graphwarden_graph_state{graph_id=\"\(graphs[number])\""
        try await eventually("the graph is well again", every: .milliseconds(200)) {
            let page = String(
                decoding: try await Web.get(agent.url + "/metrics").body,
                as: UTF8.self
            )
            return page.split(separator: "\n").contains {
                $0.hasPrefix(state) && $0.contains("state=\"idle\"") && $0.hasSuffix(" 1")
            }
        } lastSeen: {
            "\(agent.program.output.suffix(2000))"
        }
    }

    func end() async {
        await agent.program.end()
        await cloud.program.end()
        try? FileManager.default.removeItem(at: folder)
    }
}

/// A request as the simulated cloud logged it.
struct LoggedRequest: Decodable {
    let time: String
    let service: String
    let operation: String
    let path: String

    var isProbe: Bool { ["show_version", "show_summary"].contains(operation) }

    /// Seconds of the day, because all requests of a reaction are close together.
    var seconds: Double {
        let clock = time.drop { $0 != "T" }.dropFirst().dropLast().split(separator: ":")
        return clock.reduce(0) { $0 * 60 + (Double($1) ?? 0) }
    }
}
