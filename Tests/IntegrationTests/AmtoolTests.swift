import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

@Suite("amtool")
struct AmtoolTests {
    /// Runs `amtool alert add` for a graph with the token in its HTTP configuration file.
    private static func addAlert(
        about graph: String,
        to agent: RunningAgent,
        token: String = AgentSetup.webhookToken
    ) async throws -> (status: Int32, text: String) {
        let tokenFile = agent.folder.appending(path: "amtool_token")
        try Data(token.utf8).write(to: tokenFile)
        let configuration = agent.folder.appending(path: "amtool.yml")
        try Data("authorization: {credentials_file: \(tokenFile.path)}\n".utf8)
            .write(to: configuration)
        return try await Program.run(
            try Program.debian("amtool"),
            [
                "alert", "add", "--alertmanager.url=\(agent.process.url)",
                "--http.config.file=\(configuration.path)",
                "--annotation=summary=it hangs", "alertname=GraphHung", "graph_id=\(graph)",
                "remediate=restart", "hang=unresponsive",
            ]
        )
    }

    @Test("adds an alert without a start time, which leads to one restart")
    func added() async throws {
        try await RunningAgent.with(AgentSetup(webhook: ["GraphHung"])) { agent in
            try await agent.waitUntilReady()
            let victim = try agent.hangGraph(1, .unresponsive)
            // Repeated, it stays the same alert.
            for _ in 0..<2 {
                let added = try await Self.addAlert(about: victim, to: agent)
                #expect(added.status == 0, "\(added.text)")
            }
            let received = try await agent.process.json("/api/v1/alerts/received")
            #expect(received["data"]?["alerts"]?.arrayValue?.count == 1)
            try await agent.waitUntilVerified(victim)
            #expect(agent.restarts == [victim: 1])
        }
    }

    @Test("fails with a wrong token")
    func refused() async throws {
        try await RunningAgent.with(AgentSetup(webhook: ["GraphHung"])) { agent in
            try await agent.waitUntilReady()
            let refused = try await Self.addAlert(
                about: try agent.graphID(0),
                to: agent,
                token: "another-token-of-16-bytes"
            )
            #expect(refused.status != 0)
            #expect(refused.text.contains("401"), "\(refused.text)")
        }
    }
}
