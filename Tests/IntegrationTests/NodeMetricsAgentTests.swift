import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

/// The program and om/metrics: what graphs say of their nodes is shown, and nothing that they say
/// or do not say concerns the watch.
@Suite("With the metrics of nodes, the agent")
struct NodeMetricsAgentTests {
    private static func setup(_ keys: String = "interval: 1s") -> AgentSetup {
        var setup = AgentSetup()
        setup.nodeMetrics = "{\(keys)}"
        return setup
    }

    private static let match = FaultMatch(operation: .showInstanceMetrics)
    private static let dropped = "graphwarden_node_metrics_samples_dropped_total"
    private static let failures = "graphwarden_sample_failures_total"

    private static func values(_ metric: String, _ metrics: [String: Double]) -> [Double] {
        metrics.filter { $0.key.hasPrefix(metric + "{") }.values.sorted()
    }

    private func query(_ text: String, _ agent: RunningAgent) async throws -> [Double] {
        let answer = try await agent.process.post("/api/v1/query", [("query", text)])
        return (answer["data"]?["result"]?.arrayValue ?? []).compactMap {
            $0["value"]?[1]?.stringValue.flatMap { Double($0) }
        }
    }

    private func waitForNodes(_ count: Int, _ agent: RunningAgent) async throws {
        try await eventually("\(count) nodes have a value", every: .milliseconds(200)) {
            let metrics = try await agent.process.metrics()
            return Self.values("ges_graph_node_cpu_used_ratio", metrics).count == count
        } lastSeen: {
            "\(agent.log.suffix(3_000))"
        }
    }

    private func waitForMetric(_ series: String, _ agent: RunningAgent) async throws {
        try await eventually("\(series) is above 0", every: .milliseconds(200)) {
            try await agent.process.metric(series) ?? 0 > 0
        } lastSeen: {
            "\(agent.log.suffix(3_000))"
        }
    }

    private static func requests(_ agent: RunningAgent, of graph: String? = nil) -> Int {
        agent.cloud.withCloud { cloud, _ in
            cloud.log.records.count { record in
                record.operation == .showInstanceMetrics
                    && (graph == nil || record.graphID == graph)
            }
        }
    }

    @Test("shows the nodes of every graph, and rules see them")
    func normal() async throws {
        try await RunningAgent.with(Self.setup()) { agent in
            try await agent.waitUntilReady()
            try await waitForNodes(10, agent)
            let metrics = try await agent.process.metrics()
            #expect(
                Self.values("ges_graph_node_memory_size_bytes", metrics)
                    == [Double](repeating: 64 * 1_073_741_824, count: 10)
            )
            #expect(Self.values("ges_graph_node_info", metrics).count == 10)
            #expect(Self.values("ges_graph_node_cpu_mode_ratio", metrics).count == 30)
            #expect(Self.values("ges_graph_node_disk_device_used_ratio", metrics).count == 10)
            #expect(metrics["graphwarden_node_metrics_series"] == 180)
            #expect(metrics["graphwarden_sampling_in_flight{source=\"node_metrics\"}"] != nil)
            let name = "max by (graph_id) (ges_graph_node_disk_used_ratio) > 0.2"
            #expect(try await query(name, agent).count == 5)
            #expect(
                try await query("ges_graph_node_info{role=\"standby\"}", agent).count == 5
            )
            let id = try agent.graphID(0)
            _ = agent.cloud.withCloud { cloud, _ in cloud.removeGraph(id) }
            try await waitForNodes(8, agent)
            let left = try await query("count_over_time(ges_graph_node_info[1h])", agent)
            #expect(left.count == 8, "a deleted graph leaves no history behind")
            try await agent.expectThatAHangIsStillNoticed()
        }
    }

    @Test("asks for no nodes and shows none unless it is configured, but sizes and capacities")
    func off() async throws {
        try await RunningAgent.with(AgentSetup()) { agent in
            try await agent.waitUntilReady()
            try await agent.process.waitForPolls(8)
            #expect(Self.requests(agent) == 0)
            let metrics = try await agent.process.metrics()
            #expect(!metrics.keys.contains { $0.contains("node_metrics") && !$0.contains("limit") })
            #expect(!metrics.keys.contains { $0.hasPrefix("ges_graph_node_") })
            #expect(Self.values("ges_graph_edge_capacity", metrics).count == 5)
            #expect(Self.values("ges_graph_vertices", metrics).count == 5)
            let ratio = "ges_graph_edge_used_ratio == ges_graph_edges / ges_graph_edge_capacity"
            #expect(try await query(ratio, agent).count == 5)
        }
    }

    @Test("shows nodes and sizes with the tier full only")
    func tiers() async throws {
        try await RunningAgent.with(Self.setup(), arguments: ["--metrics.tier=capacity"]) { agent in
            try await agent.waitUntilReady()
            try await eventually("rules see the nodes", every: .milliseconds(200)) {
                try await query("ges_graph_node_cpu_used_ratio", agent).count == 10
            } lastSeen: {
                "\(agent.log.suffix(3_000))"
            }
            let metrics = try await agent.process.metrics()
            #expect(!metrics.keys.contains { $0.hasPrefix("ges_graph_node_") })
            #expect(Self.values("ges_graph_vertices", metrics).isEmpty)
            #expect(Self.values("ges_graph_status_code", metrics).count == 5)
        }
    }

    @Test("leaves a graph alone that hangs")
    func hung() async throws {
        var setup = Self.setup("interval: 1s, timeout: 1s")
        setup.mode = "shadow"
        try await RunningAgent.with(setup) { agent in
            try await agent.waitUntilReady()
            try await waitForNodes(10, agent)
            let victim = try agent.hangGraph(3, .unresponsive)
            // The poll that notices it waits for its timeout.
            try await agent.process.waitForPolls(8)
            let (asked, others) = (Self.requests(agent, of: victim), Self.requests(agent))
            try await agent.process.waitForPolls(8)
            #expect(Self.requests(agent, of: victim) == asked)
            #expect(Self.requests(agent) > others)
        }
    }

    struct Lie: Sendable, CustomTestStringConvertible {
        let fault: Fault
        /// The series that grows because of it.
        let counter: String?
        /// How many nodes have a value of their CPU meanwhile.
        var nodes = 0

        var testDescription: String { "\(fault)" }
    }

    static let lies: [Lie] = [
        Lie(fault: .metrics(.late(by: .seconds(1_800))), counter: nil),
        Lie(
            fault: .metrics(.times(off: .seconds(-864_000))),
            counter: dropped + "{reason=\"old\"}"
        ),
        Lie(fault: .metrics(.times(off: .seconds(86_400))), counter: nil, nodes: 10),
        Lie(fault: .metrics(.partial(entries: 1)), counter: nil, nodes: 5),
        Lie(fault: .metrics(.lacking(["cpu_usage"])), counter: nil),
        Lie(fault: .metrics(.value("NaN")), counter: dropped + "{reason=\"value\"}"),
        Lie(fault: .metrics(.value(.double(-1))), counter: dropped + "{reason=\"value\"}"),
        Lie(fault: .metrics(.value(.double(1e300))), counter: dropped + "{reason=\"value\"}"),
        Lie(
            fault: .metrics(.graph("someone-else")),
            counter: failures + "{source=\"node_metrics\",reason=\"parse\"}"
        ),
        Lie(fault: .metrics(.endless), counter: dropped + "{reason=\"name\"}", nodes: 320),
        Lie(fault: .metrics(.repeated), counter: dropped + "{reason=\"name\"}"),
        Lie(fault: .looseTypes, counter: nil, nodes: 10),
        Lie(
            fault: .wrongTypes,
            counter: failures + "{source=\"node_metrics\",reason=\"parse\"}"
        ),
        Lie(fault: .nulls, counter: dropped + "{reason=\"name\"}"),
        Lie(fault: .truncated, counter: failures + "{source=\"node_metrics\",reason=\"parse\"}"),
        Lie(
            fault: .padded(bytes: 4 << 20),
            counter: failures + "{source=\"node_metrics\",reason=\"too_large\"}"
        ),
        Lie(
            fault: .gzipBomb(bytes: 32 << 20),
            counter: failures + "{source=\"node_metrics\",reason=\"too_large\"}"
        ),
        Lie(
            fault: .errorInSuccess(
                ServiceError(
                    status: 200,
                    code: "GES.8002",
                    message: "Graph statistics query error."
                )
            ),
            counter: failures + "{source=\"node_metrics\",reason=\"api_error\"}"
        ),
        Lie(
            fault: .error(ServiceError(status: 404, code: "GES.8000", message: "not found")),
            counter: "graphwarden_node_metrics_unsupported_graphs"
        ),
        Lie(
            fault: .error(ServiceError(status: 500, code: "GES.8602", message: "unavailable")),
            counter: "graphwarden_node_metrics_paused{reason=\"throttled\"}"
        ),
        Lie(
            fault: .throttled(.seconds(600)),
            counter: "graphwarden_node_metrics_paused{reason=\"throttled\"}"
        ),
        Lie(fault: .hang, counter: failures + "{source=\"node_metrics\",reason=\"timeout\"}"),
    ]

    /// Polls go on at their pace, no value is wrong, and a hang is noticed as ever.
    @Test("survives what graphs may say of their nodes", arguments: lies)
    func survives(lie: Lie) async throws {
        try await RunningAgent.with(
            Self.setup("interval: 1s, timeout: 1s"),
            through: { _ in .shell("ulimit -v 4000000") }
        ) { agent in
            agent.schedule(ScheduledFault(lie.fault, on: Self.match))
            try await agent.waitUntilReady()
            if let counter = lie.counter { try await waitForMetric(counter, agent) }
            try await agent.process.waitForPolls(8)
            if lie.nodes > 0 { try await waitForNodes(lie.nodes, agent) }
            let metrics = try await agent.process.metrics()
            let cpu = Self.values("ges_graph_node_cpu_used_ratio", metrics)
            #expect(cpu.count <= lie.nodes)
            #expect(cpu.allSatisfy { $0 == 0.125 }, "\(cpu)")
            #expect(Self.values("ges_graph_up", metrics).allSatisfy { $0 == 1 })
            try await agent.expectThatAHangIsStillNoticed()
        }
    }

    @Test("begins and ends to ask with a reload, and refuses a section that cannot be")
    func reload() async throws {
        try await RunningAgent.with(AgentSetup(), arguments: ["--web.enable-lifecycle"]) { agent in
            try await agent.waitUntilReady()
            func reload(_ keys: String?) async throws -> Int {
                try agent.rewrite("graphwarden.yml") { text in
                    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                    lines.removeAll { $0.hasPrefix("  node_metrics:") }
                    let end = lines.firstIndex { $0.hasPrefix("evaluation_interval:") }
                    if let keys, let end { lines.insert("  node_metrics: {\(keys)}", at: end) }
                    return lines.joined(separator: "\n")
                }
                return try await agent.process.reload().status
            }
            #expect(try await reload("interval: 1s, timeout: 2s") == 500)
            #expect(try await reload("interval: 1s") == 200)
            try await waitForNodes(10, agent)
            #expect(try await reload(nil) == 200)
            try await waitForNodes(0, agent)
            let asked = Self.requests(agent)
            try await agent.process.waitForPolls(8)
            #expect(Self.requests(agent) <= asked + 4, "those in flight")
        }
    }
}
