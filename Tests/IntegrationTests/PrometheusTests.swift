import Foundation
import GESSimulator
import HTTPClient
import TestSupport
import Testing

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
}
