import Exposition
import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

/// Everything that an agent can have done before it is scraped: each metric that it has must then
/// be well-formed, not only those of a fresh one.
@Suite("The metrics of an agent that has done everything")
struct ExpositionTests {
    @Test("are well-formed in both formats, also during an outage and after it")
    func wellFormed() async throws {
        let setup = AgentSetup(webhook: ["GraphHung"])
        try await RunningAgent.with(setup, arguments: ["--web.enable-lifecycle"]) { agent in
            try await agent.waitUntilReady()
            try await agent.expectWellFormed()
            try await agent.restartByWebhook()
            try await agent.sendRequestsOfEachKind()
            try await agent.reloadWithAndWithoutMistake()
            for fault in Fault.oneOfEachKind.prefix(12) {
                agent.schedule(ScheduledFault(fault, count: 3))
            }
            try await agent.process.waitForPolls(6)
            try await agent.expectWellFormed()
            try await agent.expectWellFormedOutage()
        }
    }
}

extension RunningAgent {
    fileprivate func restartByWebhook() async throws {
        let victim = try hangGraph(1, .unresponsive)
        let alert = TestAlert(graph: victim)
        let answer = try await process.send(
            TestAlert.request(
                alert.webhook,
                to: process.url + "/api/v1/alertmanager",
                token: AgentSetup.webhookToken
            )
        )
        #expect(answer.status == 200)
        try await waitUntilVerified(victim)
        let name = cloud.withCloud { cloud, _ in cloud.graphs[1].name }
        let labels = "{graph_id=\"\(victim)\",graph_name=\"\(name)\"}"
        #expect(try await process.metric("graphwarden_graph_restarts_total" + labels) == 1)
    }

    fileprivate func sendRequestsOfEachKind() async throws {
        let webhook = process.url + "/api/v1/alertmanager"
        let requests = [
            TestAlert.request(Array("{".utf8), to: webhook, token: AgentSetup.webhookToken),
            TestAlert.request(Array("{}".utf8), to: webhook, token: "wrong"),
        ]
        for request in requests { _ = try await process.send(request) }
        let paths = [
            "/", "/nothing", "/api/v1/graphs", "/api/v1/alerts", "/api/v1/query?query=up{",
            "/api/v1/query?query=ges_up", "/federate?match[]=ges_up", "/-/ready",
        ]
        for path in paths { _ = try await process.get(path) }
    }

    fileprivate func reloadWithAndWithoutMistake() async throws {
        try rewrite("graphwarden.yml") { $0.replacing("mode: auto", with: "mode: shadow") }
        #expect(try await process.reload().status == 200)
        try rewrite("rules.yml") { _ in "groups: 7" }
        #expect(try await process.reload().status == 500)
    }

    fileprivate func expectWellFormedOutage() async throws {
        schedule(ScheduledFault(.hang, on: FaultMatch(operation: .listGraphs)))
        let up = "ges_up{project_id=\"\(projectID)\"}"
        try await eventually("the outage is seen", every: .milliseconds(100)) {
            try await process.metric(up)
        } is: { value in
            value == 0
        }
        let metrics = try await process.metrics()
        let graph = try graphID(0)
        #expect(metrics["ges_graph_last_sample_timestamp_seconds{graph_id=\"\(graph)\"}"] != nil)
        #expect(metrics["ges_graph_status_code{graph_id=\"\(graph)\"}"] == nil)
        #expect(metrics.keys.allSatisfy { !$0.hasPrefix("ges_graphs{") })
        try await expectWellFormed()
    }

    /// Lints one scrape in each format with our own lint, promtool and the strict parser.
    fileprivate func expectWellFormed() async throws {
        let text = try await scrape(accept: "text/plain;version=0.0.4")
        #expect(ExpositionLint.findings(text, isOpenMetrics: false) == [])
        let openMetrics = try await scrape(accept: "application/openmetrics-text;version=1.0.0")
        #expect(ExpositionLint.findings(openMetrics, isOpenMetrics: true) == [])
        let file = folder.appending(path: "metrics.txt")
        try Data(text).write(to: file)
        let promtool = try await Program.run(
            URL(filePath: "/bin/sh"),
            [
                "-c", "exec \"$0\" check metrics < \"$1\"", try Program.debian("promtool").path,
                file.path,
            ]
        )
        #expect(promtool.status == 0 && promtool.text.isEmpty, "\(promtool.text)")
        try Data(openMetrics).write(to: file)
        let parser = try await Program.run(
            Program.root.appending(path: ".build/python/bin/python3"),
            [
                Program.root.appending(path: "Tests/IntegrationTests/Scripts/openmetrics_strict.py")
                    .path,
                file.path,
            ]
        )
        #expect(parser.status == 0, "\(parser.text)")
        #expect(Int(parser.text.prefix { $0.isNumber }) ?? 0 > 100, "\(parser.text)")
    }

    private func scrape(accept: String) async throws -> [UInt8] {
        let headers = [HTTPHeader("Accept", accept)]
        let request = HTTPRequest(.get, url: process.url + "/metrics", headers: headers)
        let answer = try await process.send(request)
        #expect(answer.status == 200)
        return answer.body
    }
}
