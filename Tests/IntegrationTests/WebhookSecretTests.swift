import Foundation
import HTTPClient
import Testing

/// What alert senders present, and what it is compared with.
@Suite("No token of an alert sender leaks")
struct WebhookSecretTests {
    private static let token = "PlantedSenderToken-f7Qw2Lx9"
    private static let wrong = "PlantedStrangerToken-3mZk8Rv1"
    private static let short = "PlantedShort-1"

    @Test("whatever clients send")
    func everything() async throws {
        try await RunningAgent.with(AgentSetup(webhook: ["GraphHung"])) { agent in
            try agent.rewrite("webhook_token") { _ in Self.token + "\n" }
            try await agent.waitUntilReady()
            var leaks = Leaks()
            let alert = try TestAlert(graph: agent.graphID(1)).webhook
            let bodies = [alert, Array("{".utf8), Array(#"{"version":"5"}"#.utf8)]
            for token in [Self.token, Self.wrong] {
                for (number, body) in bodies.enumerated() {
                    try await send(body, token, agent, &leaks, "\(token == Self.token) \(number)")
                }
            }
            try agent.rewrite("webhook_token") { _ in Self.short + "\n" }
            try await send(alert, Self.short, agent, &leaks, "short")
            for path in ["/", "/metrics", "/-/ready", "/api/v1/alerts/received", "/api/v1/graphs"] {
                leaks.add(path, Data(try await agent.process.get(path).body))
            }
            leaks.add("log", agent.log)
            try leaks.addFiles(below: agent.folder.appending(path: "data"))
            #expect(leaks.places(holding: ["Planted"]) == [])
            // The search works, and all requests were made.
            #expect(leaks.contains("is shorter than 16 bytes", in: "log"))
            #expect(leaks.contains("without a valid token", in: "log"))
            #expect(leaks.contains("GraphHung", in: "log"))
        }
    }

    private func send(
        _ body: [UInt8],
        _ token: String,
        _ agent: RunningAgent,
        _ leaks: inout Leaks,
        _ name: String
    ) async throws {
        for path in ["/api/v1/alertmanager", "/api/v2/alerts"] {
            let request = TestAlert.request(body, to: agent.process.url + path, token: token)
            let answer = try await agent.process.send(request)
            leaks.add("answer \(name) \(path)", Data(answer.body))
        }
    }
}
