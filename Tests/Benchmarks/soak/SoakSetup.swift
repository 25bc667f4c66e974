import Foundation
import Workbench

struct SoakPlan {
    let graphs: Int
    let intervalMilliseconds: Int
    let seed: UInt64
}

/// The agent, its cloud, and the agent's clients.
struct SoakSetup {
    let agent: AgentProcess
    let cloud: CloudProcess
    private let folder: URL

    static func start(_ plan: SoakPlan, _ binary: URL) async throws -> SoakSetup {
        let folder = try Programs.folder("soak")
        let cloud = try await CloudProcess.start(
            binary,
            graphs: plan.graphs,
            arguments: ["--seed=\(plan.seed)", "--time-scale=0.01", "--token-life-seconds=60"],
            in: folder
        )
        try Data(rules.utf8).write(to: folder.appending(path: "rules.yml"))
        let agent = try await AgentProcess.start(
            binary,
            configuration: configuration(plan, cloud.description),
            password: cloud.description.password,
            in: folder
        )
        return SoakSetup(agent: agent, cloud: cloud, folder: folder)
    }

    private static func configuration(
        _ plan: SoakPlan,
        _ cloud: CloudProcess.Description
    ) -> String {
        """
        \(cloud.section)
        graphs:
          - match: {name: ".*"}
            mode: auto
        sampling:
          interval: \(plan.intervalMilliseconds)ms
          timeout: 500ms
          data_plane: \(cloud.dataPlane)
        evaluation_interval: \(plan.intervalMilliseconds)ms
        rule_files: [rules.yml]
        remediation:
          startup_grace: 1s
          state_change_grace: 1s
          cooldown: 5s
          max_attempts: {1h: 1000}
          budget: {1h: 1000}
          posts: {1h: 1000}
          evidence_timeout: 1s
          restart_timeout: 20s
          verify: {probes: 2, within: 20s}
          breaker: {settle: 1s}

        """
    }

    /// The shipped rule for unresponsive graphs, with waiting times of a second.
    private static let rules = """
        groups:
          - name: hangs
            rules:
              - alert: GraphUnresponsive
                expr: |
                  count by (graph_id) (
                    max_over_time(ges_graph_probe_success[1500ms]) == 0
                  ) >= 2
                  and on (graph_id) ges_graph_status_code == 200
                for: 1s
                labels: {remediate: restart, hang: unresponsive}
                annotations: {summary: "Graph {{ $labels.graph_id }} does not answer"}

        """

    /// Every page once, like a Prometheus, an operator and a script.
    func readEverything() async throws {
        for path in ["/metrics", "/", "/api/v1/graphs", "/api/v1/alerts", "/-/ready"] {
            let answer = try await Web.get(agent.url + path)
            guard answer.status == 200 || answer.status == 503 else {
                throw BenchError("\(path) was answered with \(answer.status)")
            }
        }
    }

    func cycles() async throws -> Double {
        try await agent.metric(#"graphwarden_sampling_cycles_total{source="ges_api"}"#) ?? 0
    }

    /// Returns whether the agent ran to the end and stopped gracefully.
    func end() async -> Bool {
        let status = await agent.program.end()
        await cloud.program.end()
        if status == 0 { try? FileManager.default.removeItem(at: folder) }
        return status == 0
    }
}
