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

    private static let dropped = "graphwarden_node_metrics_samples_dropped_total"
    private static let failures = "graphwarden_sample_failures_total"
    private static let cpu = "ges_graph_node_cpu_used_ratio"

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
            try await agent.waitForValues(10, of: Self.cpu)
            let metrics = try await agent.process.metrics()
            #expect(
                metrics.values(of: "ges_graph_node_memory_size_bytes")
                    == [Double](repeating: 64 * 1_073_741_824, count: 10)
            )
            #expect(metrics.values(of: "ges_graph_node_info").count == 10)
            #expect(metrics.values(of: "ges_graph_node_cpu_mode_ratio").count == 30)
            #expect(metrics.values(of: "ges_graph_node_disk_device_used_ratio").count == 10)
            #expect(metrics["graphwarden_node_metrics_series"] == 180)
            #expect(metrics["graphwarden_sampling_in_flight{source=\"node_metrics\"}"] != nil)
            let name = "max by (graph_id) (ges_graph_node_disk_used_ratio) > 0.2"
            #expect(try await agent.query(name).count == 5)
            #expect(
                try await agent.query("ges_graph_node_info{role=\"standby\"}").count == 5
            )
            let id = try agent.graphID(0)
            _ = agent.cloud.withCloud { cloud, _ in cloud.removeGraph(id) }
            try await agent.waitForValues(8, of: Self.cpu)
            let left = try await agent.query("count_over_time(ges_graph_node_info[1h])")
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
            #expect(metrics.values(of: "ges_graph_edge_capacity").count == 5)
            #expect(metrics.values(of: "ges_graph_vertices").count == 5)
            let ratio = "ges_graph_edge_used_ratio == ges_graph_edges / ges_graph_edge_capacity"
            #expect(try await agent.query(ratio).count == 5)
        }
    }

    @Test("shows nodes and sizes with the tier full only")
    func tiers() async throws {
        try await RunningAgent.with(Self.setup(), arguments: ["--metrics.tier=capacity"]) { agent in
            try await agent.waitUntilReady()
            try await agent.waitForQuery(Self.cpu, results: 10)
            let metrics = try await agent.process.metrics()
            #expect(!metrics.keys.contains { $0.hasPrefix("ges_graph_node_") })
            #expect(metrics.values(of: "ges_graph_vertices").isEmpty)
            #expect(metrics.values(of: "ges_graph_status_code").count == 5)
        }
    }

    @Test("leaves a graph alone that hangs")
    func hung() async throws {
        var setup = Self.setup("interval: 1s, timeout: 1s")
        setup.mode = "shadow"
        try await RunningAgent.with(setup) { agent in
            try await agent.waitUntilReady()
            try await agent.waitForValues(10, of: Self.cpu)
            let victim = try agent.hangGraph(3, .unresponsive)
            // The poll that notices it waits for its timeout.
            try await agent.process.waitForPolls(8)
            let (asked, others) = (Self.requests(agent, of: victim), Self.requests(agent))
            try await agent.process.waitForPolls(8)
            #expect(Self.requests(agent, of: victim) == asked)
            #expect(Self.requests(agent) > others)
        }
    }

    static let lies: [SourceLie] = [
        SourceLie(fault: .metrics(.late(by: .seconds(1_800))), counter: nil),
        SourceLie(
            fault: .metrics(.times(off: .seconds(-864_000))),
            counter: dropped + "{reason=\"old\"}"
        ),
        SourceLie(fault: .metrics(.times(off: .seconds(86_400))), counter: nil, values: 10),
        SourceLie(fault: .metrics(.partial(entries: 1)), counter: nil, values: 5),
        SourceLie(fault: .metrics(.lacking(["cpu_usage"])), counter: nil),
        SourceLie(fault: .metrics(.value("NaN")), counter: dropped + "{reason=\"value\"}"),
        SourceLie(fault: .metrics(.value(.double(-1))), counter: dropped + "{reason=\"value\"}"),
        SourceLie(fault: .metrics(.value(.double(1e300))), counter: dropped + "{reason=\"value\"}"),
        SourceLie(
            fault: .metrics(.graph("someone-else")),
            counter: failures + "{source=\"node_metrics\",reason=\"parse\"}"
        ),
        SourceLie(fault: .metrics(.endless), counter: dropped + "{reason=\"name\"}", values: 320),
        SourceLie(fault: .metrics(.repeated), counter: dropped + "{reason=\"name\"}"),
        SourceLie(fault: .looseTypes, counter: nil, values: 10),
        SourceLie(
            fault: .wrongTypes,
            counter: failures + "{source=\"node_metrics\",reason=\"parse\"}"
        ),
        SourceLie(fault: .nulls, counter: dropped + "{reason=\"name\"}"),
        SourceLie(
            fault: .truncated,
            counter: failures + "{source=\"node_metrics\",reason=\"parse\"}"
        ),
        SourceLie(
            fault: .padded(bytes: 4 << 20),
            counter: failures + "{source=\"node_metrics\",reason=\"too_large\"}"
        ),
        SourceLie(
            fault: .gzipBomb(bytes: 32 << 20),
            counter: failures + "{source=\"node_metrics\",reason=\"too_large\"}"
        ),
        SourceLie(
            fault: .errorInSuccess(
                ServiceError(
                    status: 200,
                    code: "GES.8002",
                    message: "Graph statistics query error."
                )
            ),
            counter: failures + "{source=\"node_metrics\",reason=\"api_error\"}"
        ),
        SourceLie(
            fault: .error(ServiceError(status: 404, code: "GES.8000", message: "not found")),
            counter: "graphwarden_node_metrics_unsupported_graphs"
        ),
        SourceLie(
            fault: .error(ServiceError(status: 500, code: "GES.8602", message: "unavailable")),
            counter: "graphwarden_node_metrics_paused{reason=\"throttled\"}"
        ),
        SourceLie(
            fault: .throttled(.seconds(600)),
            counter: "graphwarden_node_metrics_paused{reason=\"throttled\"}"
        ),
        SourceLie(fault: .hang, counter: failures + "{source=\"node_metrics\",reason=\"timeout\"}"),
    ]

    @Test("survives what graphs may say of their nodes", arguments: lies)
    func survives(lie: SourceLie) async throws {
        try await RunningAgent.expectNoHarm(
            by: lie,
            on: .showInstanceMetrics,
            Self.setup("interval: 1s, timeout: 1s"),
            valuesOf: Self.cpu,
            in: 0.125...0.125
        )
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
            try await agent.waitForValues(10, of: Self.cpu)
            #expect(try await reload(nil) == 200)
            try await agent.waitForValues(0, of: Self.cpu)
            let asked = Self.requests(agent)
            try await agent.process.waitForPolls(8)
            #expect(Self.requests(agent) <= asked + 4, "those in flight")
        }
    }
}
