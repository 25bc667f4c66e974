import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

@Suite("/federate")
struct FederationTests {
    @Test("shows the alerts of the agent's rules, which /metrics does not hold")
    func alerts() async throws {
        try await RunningAgent.with(AgentSetup(mode: "shadow")) { agent in
            try await agent.waitUntilReady()
            let victim = try agent.hangGraph(1, .unresponsive)
            try await eventually("the alert fires", every: .milliseconds(100)) {
                try await agent.alert("GraphUnresponsive")?.state
            } is: { state in
                state == "firing"
            }
            let answer = try await agent.process.get(
                "/federate?match[]=ALERTS&match[]={__name__=~\"ALERTS.*|ges_graph_status_code\"}"
            )
            #expect(answer.status == 200)
            #expect(answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
            let text = String(decoding: answer.body, as: UTF8.self)
            let lines = text.split(separator: "\n")
            let labels =
                "alertname=\"GraphUnresponsive\",alertstate=\"firing\",graph_id=\"\(victim)\","
                + "hang=\"unresponsive\",remediate=\"restart\",instance=\"\""
            let alert = lines.filter { $0.hasPrefix("ALERTS{\(labels)} 1 ") }
            #expect(alert.count == 1, "\(text)")
            #expect(lines.filter { $0.hasPrefix("ALERTS_FOR_STATE{") }.count == 1)
            #expect(lines.filter { $0.hasPrefix("ges_graph_status_code{") }.count == 5)
            #expect(lines.filter { $0.hasPrefix("#") }.allSatisfy { $0.hasSuffix(" untyped") })
            let metrics = try await agent.process.metrics()
            #expect(metrics.keys.allSatisfy { !$0.hasPrefix("ALERTS") })
            let query = try await agent.process.json(
                "/api/v1/query?query=ALERTS{alertstate=\"firing\"}"
            )
            #expect(query["data"]?["result"]?.arrayValue?.count == 1)
        }
    }

    @Test("is empty without a selector, and refuses a malformed one")
    func selectors() async throws {
        try await RunningAgent.with(AgentSetup()) { agent in
            let nothing = try await agent.process.get("/federate")
            #expect(nothing.status == 200 && nothing.body.isEmpty)
            #expect(try await agent.process.get("/federate?match[]=up{").status == 400)
        }
    }
}
