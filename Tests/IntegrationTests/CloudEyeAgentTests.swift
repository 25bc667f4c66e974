import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

/// The program and Cloud Eye: what it says is shown at its time, and nothing that it says or does
/// not say concerns the watch of the graphs.
@Suite("With Cloud Eye, the agent")
struct CloudEyeAgentTests {
    private static func setup(_ keys: String = "interval: 1s") -> AgentSetup {
        var setup = AgentSetup()
        setup.cloudEye = "{\(keys)}"
        return setup
    }

    private static let dropped = "graphwarden_cloud_eye_samples_dropped_total"
    private static let failures = "graphwarden_sample_failures_total"

    private static func values(
        _ metric: String,
        _ metrics: [String: Double]
    ) -> [Double] {
        metrics.filter { $0.key.hasPrefix(metric + "{") }.values.sorted()
    }

    private func query(_ text: String, _ agent: RunningAgent) async throws -> [Double] {
        let answer = try await agent.process.post("/api/v1/query", [("query", text)])
        return (answer["data"]?["result"]?.arrayValue ?? []).compactMap {
            $0["value"]?[1]?.stringValue.flatMap { Double($0) }
        }
    }

    private func waitForValues(
        _ count: Int,
        of metric: String = "ges_graph_memory_used_ratio",
        _ agent: RunningAgent
    ) async throws {
        try await eventually("\(count) graphs have a value", every: .milliseconds(200)) {
            Self.values(metric, try await agent.process.metrics()).count == count
        } lastSeen: {
            "\(agent.log.suffix(3_000))"
        }
    }

    private func waitForMetric(
        _ series: String,
        above limit: Double = 0,
        _ agent: RunningAgent
    ) async throws {
        try await eventually("\(series) is above \(limit)", every: .milliseconds(200)) {
            try await agent.process.metric(series) ?? 0 > limit
        } lastSeen: {
            "\(agent.log.suffix(3_000))"
        }
    }

    @Test("has the values of every graph at their own time")
    func normal() async throws {
        try await RunningAgent.with(Self.setup("interval: 1s, tier: full")) { agent in
            try await agent.waitUntilReady()
            try await waitForValues(5, agent)
            let metrics = try await agent.process.metrics()
            let memory = Self.values("ges_graph_memory_used_ratio", metrics)
            #expect(memory.allSatisfy { (0.4...0.5).contains($0) }, "\(memory)")
            #expect(
                Self.values("ges_graph_disk_size_bytes", metrics)
                    == [Double](repeating: 200 * 1_073_741_824, count: 5)
            )
            #expect(metrics["graphwarden_metric_series{set=\"capacity\"}"] == 45)
            // 19 of Cloud Eye and 7 of its size for each graph.
            #expect(metrics["graphwarden_metric_series{set=\"full\"}"] == 130)
            #expect(metrics["graphwarden_cloud_eye_series"] == 140)
            let ages = try await query("time() - timestamp(ges_graph_memory_used_ratio)", agent)
            #expect(ages.count == 5)
            #expect(ages.allSatisfy { (300...440).contains($0) }, "\(ages)")
            #expect(try await query("ges_graph_memory_used_ratio > 0.3", agent).count == 5)
            let window = try await query("count_over_time(ges_graph_disk_used_ratio[15m])", agent)
            #expect(window.count == 5 && window.allSatisfy { $0 >= 8 }, "\(window)")
            let id = try agent.graphID(0)
            _ = agent.cloud.withCloud { cloud, _ in cloud.removeGraph(id) }
            try await waitForValues(4, agent)
            let left = try await query("count_over_time(ges_graph_memory_used_ratio[1h])", agent)
            #expect(left.count == 4, "a deleted graph leaves no history behind")
            try await agent.expectThatAHangIsStillNoticed()
        }
    }

    @Test("shows only what --metrics.tier and --metrics.series-limit allow; rules see everything")
    func tiers() async throws {
        for (arguments, shown, left) in [
            (["--metrics.tier=core"], 0, 0.0), (["--metrics.series-limit=1"], 0, 45),
            (["--metrics.tier=capacity"], 5, 0),
        ] {
            try await RunningAgent.with(Self.setup(), arguments: arguments) { agent in
                try await agent.waitUntilReady()
                try await eventually("rules see the values", every: .milliseconds(200)) {
                    try await query("ges_graph_memory_used_ratio", agent).count == 5
                } lastSeen: {
                    "\(agent.log.suffix(3_000))"
                }
                try await agent.process.waitForPolls(2)
                let metrics = try await agent.process.metrics()
                #expect(Self.values("ges_graph_memory_used_ratio", metrics).count == shown)
                #expect(metrics["graphwarden_metric_series_dropped{set=\"capacity\"}"] == left)
                #expect(Self.values("ges_graph_status_code", metrics).count == 5)
            }
        }
    }

    struct Lie: Sendable, CustomTestStringConvertible {
        let fault: Fault
        var operation: GESSimulator.Operation? = .queryMetrics
        /// The series that grows because of it.
        let counter: String?
        /// How many graphs have a value of memory meanwhile.
        var graphs = 0

        var testDescription: String { "\(fault)" }
    }

    static let lies: [Lie] = [
        Lie(fault: .metrics(.late(by: .seconds(3_600))), counter: nil),
        Lie(fault: .metrics(.late(by: .seconds(600))), counter: nil, graphs: 5),
        Lie(
            fault: .metrics(.lacking(["ges021_memory_usage"])),
            operation: nil,
            counter: "graphwarden_samples_total{source=\"cloud_eye\"}"
        ),
        Lie(fault: .metrics(.partial(entries: 1)), counter: nil),
        Lie(fault: .metrics(.unit("MB")), counter: dropped + "{reason=\"unit\"}"),
        Lie(fault: .metrics(.value("NaN")), counter: dropped + "{reason=\"value\"}"),
        Lie(fault: .metrics(.value(.double(-1))), counter: dropped + "{reason=\"value\"}"),
        Lie(fault: .metrics(.value(.double(1e300))), counter: dropped + "{reason=\"value\"}"),
        Lie(fault: .metrics(.graph("someone-else")), counter: dropped + "{reason=\"unasked\"}"),
        Lie(
            fault: .metrics(.times(off: .seconds(86_400))),
            counter: dropped + "{reason=\"time\"}"
        ),
        Lie(
            fault: .metrics(.times(off: .seconds(-86_400))),
            counter: dropped + "{reason=\"time\"}"
        ),
        Lie(
            fault: .metrics(.endless),
            operation: .listMetrics,
            counter: failures + "{source=\"cloud_eye\",reason=\"incomplete\"}",
            graphs: 5
        ),
        Lie(
            fault: .metrics(.repeated),
            operation: .listMetrics,
            counter: failures + "{source=\"cloud_eye\",reason=\"incomplete\"}",
            graphs: 5
        ),
        Lie(
            fault: .padded(bytes: 16 << 20),
            counter: failures + "{source=\"cloud_eye\",reason=\"too_large\"}"
        ),
        Lie(
            fault: .gzipBomb(bytes: 32 << 20),
            counter: failures + "{source=\"cloud_eye\",reason=\"too_large\"}"
        ),
        Lie(fault: .wrongTypes, counter: failures + "{source=\"cloud_eye\",reason=\"parse\"}"),
        Lie(
            fault: .error(ServiceError(status: 500, code: "ces.0007", message: "internal")),
            counter: failures + "{source=\"cloud_eye\",reason=\"http_5xx\"}"
        ),
        Lie(fault: .hang, counter: failures + "{source=\"cloud_eye\",reason=\"timeout\"}"),
    ]

    /// Polls go on at their pace, no value is wrong, and a hang is noticed as ever.
    @Test("survives what Cloud Eye may say", arguments: lies)
    func survives(lie: Lie) async throws {
        try await RunningAgent.with(
            Self.setup(),
            through: { _ in .shell("ulimit -v 4000000") }
        ) { agent in
            agent.schedule(
                ScheduledFault(
                    lie.fault,
                    on: FaultMatch(service: .cloudEye, operation: lie.operation)
                )
            )
            try await agent.waitUntilReady()
            if let counter = lie.counter { try await waitForMetric(counter, agent) }
            try await agent.process.waitForPolls(8)
            if lie.graphs > 0 { try await waitForValues(lie.graphs, agent) }
            let metrics = try await agent.process.metrics()
            let memory = Self.values("ges_graph_memory_used_ratio", metrics)
            #expect(memory.count <= lie.graphs)
            #expect(memory.allSatisfy { (0.4...0.5).contains($0) }, "\(memory)")
            try await agent.expectThatAHangIsStillNoticed()
        }
    }

    @Test("asks less often while Cloud Eye limits requests, and goes on afterwards")
    func throttled() async throws {
        try await RunningAgent.with(Self.setup()) { agent in
            agent.schedule(
                ScheduledFault(.throttled(nil), on: FaultMatch(operation: .queryMetrics), count: 3)
            )
            try await agent.waitUntilReady()
            try await waitForMetric("graphwarden_cloud_eye_paused{reason=\"throttled\"}", agent)
            try await waitForValues(5, agent)
            #expect(
                try await agent.process.metric("graphwarden_cloud_eye_paused{reason=\"throttled\"}")
                    == 0
            )
            #expect(agent.log.components(separatedBy: "Cloud Eye limits requests").count == 2)
            #expect(agent.log.components(separatedBy: "Cloud Eye answers again").count == 2)
        }
    }

    @Test("leaves Cloud Eye alone without the permission, says so once, and tries after a reload")
    func forbidden() async throws {
        try await RunningAgent.with(Self.setup(), arguments: ["--web.enable-lifecycle"]) { agent in
            agent.schedule(
                ScheduledFault(
                    .error(ServiceError(status: 403, code: "ces.0017", message: "no rights")),
                    on: FaultMatch(service: .cloudEye)
                )
            )
            try await agent.waitUntilReady()
            try await waitForMetric("graphwarden_cloud_eye_paused{reason=\"forbidden\"}", agent)
            try await agent.process.waitForPolls(12)
            let asked = agent.cloud.withCloud { cloud, _ in
                cloud.log.records.count { $0.service == .cloudEye }
            }
            #expect(asked == 2, "the list and one query")
            #expect(agent.log.components(separatedBy: "Cloud Eye refuses").count == 2)
            agent.cloud.withCloud { cloud, _ in cloud.faults.cancelAll() }
            #expect(try await agent.process.reload().status == 200)
            try await waitForValues(5, agent)
        }
    }

    @Test("leaves out the one metric that is refused")
    func refusedMetric() async throws {
        try await RunningAgent.with(Self.setup()) { agent in
            agent.schedule(
                ScheduledFault(
                    .metrics(.refusing("ges020_computer_resource_usage")),
                    on: FaultMatch(operation: .queryMetrics)
                )
            )
            try await agent.waitUntilReady()
            // Metrics are asked for in parts, so they do not come together.
            try await waitForValues(5, agent)
            try await waitForValues(5, of: "ges_graph_disk_used_ratio", agent)
            let metrics = try await agent.process.metrics()
            #expect(Self.values("ges_graph_cpu_used_ratio", metrics).isEmpty)
        }
    }
}
