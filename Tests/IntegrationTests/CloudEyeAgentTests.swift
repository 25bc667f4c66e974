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
    private static let memory = "ges_graph_memory_used_ratio"

    @Test("has the values of every graph at their own time")
    func normal() async throws {
        try await RunningAgent.with(Self.setup("interval: 1s, tier: full")) { agent in
            try await agent.waitUntilReady()
            try await agent.waitForValues(5, of: Self.memory)
            let metrics = try await agent.process.metrics()
            let memory = metrics.values(of: Self.memory)
            #expect(memory.allSatisfy { (0.4...0.5).contains($0) }, "\(memory)")
            #expect(
                metrics.values(of: "ges_graph_disk_size_bytes")
                    == [Double](repeating: 200 * 1_073_741_824, count: 5)
            )
            #expect(metrics["graphwarden_metric_series{set=\"capacity\"}"] == 45)
            // 19 of Cloud Eye and 7 of its size for each graph.
            #expect(metrics["graphwarden_metric_series{set=\"full\"}"] == 130)
            #expect(metrics["graphwarden_cloud_eye_series"] == 140)
            let ages = try await agent.query("time() - timestamp(ges_graph_memory_used_ratio)")
            #expect(ages.count == 5)
            #expect(ages.allSatisfy { (300...440).contains($0) }, "\(ages)")
            #expect(try await agent.query("ges_graph_memory_used_ratio > 0.3").count == 5)
            let window = try await agent.query("count_over_time(ges_graph_disk_used_ratio[15m])")
            #expect(window.count == 5 && window.allSatisfy { $0 >= 8 }, "\(window)")
            let id = try agent.graphID(0)
            _ = agent.cloud.withCloud { cloud, _ in cloud.removeGraph(id) }
            try await agent.waitForValues(4, of: Self.memory)
            let left = try await agent.query("count_over_time(ges_graph_memory_used_ratio[1h])")
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
                try await agent.waitForQuery(Self.memory, results: 5)
                try await agent.process.waitForPolls(2)
                let metrics = try await agent.process.metrics()
                #expect(metrics.values(of: Self.memory).count == shown)
                #expect(metrics["graphwarden_metric_series_dropped{set=\"capacity\"}"] == left)
                #expect(metrics.values(of: "ges_graph_status_code").count == 5)
            }
        }
    }

    static let lies: [SourceLie] = [
        SourceLie(fault: .metrics(.late(by: .seconds(3_600))), counter: nil),
        SourceLie(fault: .metrics(.late(by: .seconds(600))), counter: nil, values: 5),
        SourceLie(
            fault: .metrics(.lacking(["ges021_memory_usage"])),
            match: FaultMatch(service: .cloudEye),
            counter: "graphwarden_samples_total{source=\"cloud_eye\"}"
        ),
        SourceLie(fault: .metrics(.partial(entries: 1)), counter: nil),
        SourceLie(fault: .metrics(.unit("MB")), counter: dropped + "{reason=\"unit\"}"),
        SourceLie(fault: .metrics(.value("NaN")), counter: dropped + "{reason=\"value\"}"),
        SourceLie(fault: .metrics(.value(.double(-1))), counter: dropped + "{reason=\"value\"}"),
        SourceLie(fault: .metrics(.value(.double(1e300))), counter: dropped + "{reason=\"value\"}"),
        SourceLie(
            fault: .metrics(.graph("someone-else")),
            counter: dropped + "{reason=\"unasked\"}"
        ),
        SourceLie(
            fault: .metrics(.times(off: .seconds(86_400))),
            counter: dropped + "{reason=\"time\"}"
        ),
        SourceLie(
            fault: .metrics(.times(off: .seconds(-86_400))),
            counter: dropped + "{reason=\"time\"}"
        ),
        SourceLie(
            fault: .metrics(.endless),
            match: FaultMatch(operation: .listMetrics),
            counter: failures + "{source=\"cloud_eye\",reason=\"incomplete\"}",
            values: 5
        ),
        SourceLie(
            fault: .metrics(.repeated),
            match: FaultMatch(operation: .listMetrics),
            counter: failures + "{source=\"cloud_eye\",reason=\"incomplete\"}",
            values: 5
        ),
        SourceLie(
            fault: .padded(bytes: 16 << 20),
            counter: failures + "{source=\"cloud_eye\",reason=\"too_large\"}"
        ),
        SourceLie(
            fault: .gzipBomb(bytes: 32 << 20),
            counter: failures + "{source=\"cloud_eye\",reason=\"too_large\"}"
        ),
        SourceLie(
            fault: .wrongTypes,
            counter: failures + "{source=\"cloud_eye\",reason=\"parse\"}"
        ),
        SourceLie(
            fault: .error(ServiceError(status: 500, code: "ces.0007", message: "internal")),
            counter: failures + "{source=\"cloud_eye\",reason=\"http_5xx\"}"
        ),
        SourceLie(fault: .hang, counter: failures + "{source=\"cloud_eye\",reason=\"timeout\"}"),
    ]

    @Test("survives what Cloud Eye may say", arguments: lies)
    func survives(lie: SourceLie) async throws {
        try await RunningAgent.expectNoHarm(
            by: lie,
            on: .queryMetrics,
            Self.setup(),
            valuesOf: Self.memory,
            in: 0.4...0.5
        )
    }

    @Test("asks less often while Cloud Eye limits requests, and goes on afterwards")
    func throttled() async throws {
        try await RunningAgent.with(Self.setup()) { agent in
            agent.schedule(
                ScheduledFault(.throttled(nil), on: FaultMatch(operation: .queryMetrics), count: 3)
            )
            try await agent.waitUntilReady()
            try await agent.waitForMetric("graphwarden_cloud_eye_paused{reason=\"throttled\"}")
            try await agent.waitForValues(5, of: Self.memory)
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
            try await agent.waitForMetric("graphwarden_cloud_eye_paused{reason=\"forbidden\"}")
            try await agent.process.waitForPolls(12)
            let asked = agent.cloud.withCloud { cloud, _ in
                cloud.log.records.count { $0.service == .cloudEye }
            }
            #expect(asked == 2, "the list and one query")
            #expect(agent.log.components(separatedBy: "Cloud Eye refuses").count == 2)
            agent.cloud.withCloud { cloud, _ in cloud.faults.cancelAll() }
            #expect(try await agent.process.reload().status == 200)
            try await agent.waitForValues(5, of: Self.memory)
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
            try await agent.waitForValues(5, of: Self.memory)
            try await agent.waitForValues(5, of: "ges_graph_disk_used_ratio")
            let metrics = try await agent.process.metrics()
            #expect(metrics.values(of: "ges_graph_cpu_used_ratio").isEmpty)
        }
    }
}
