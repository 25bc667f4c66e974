import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

/// The pages as people see them: in headless Chromium, with names that try to break out.
@Suite("The pages in a browser", .serialized)
struct BrowserTests {
    private static let hostileText =
        #"\"'><img src=x onerror=window.hacked=1><script>window.hacked=1</script>\u202Edesrever"#

    /// As a single-quoted scalar of YAML.
    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "''") + "'"
    }

    @Test("work on every screen, show hostile text as text, and take orders")
    func pages() async throws {
        let python = Program.root.appending(path: ".build/python/bin/python3")
        let script = Program.root.appending(
            path: "Tests/IntegrationTests/Scripts/browser_checks.py"
        )
        try #require(
            FileManager.default.isExecutableFile(atPath: "/usr/bin/chromedriver"),
            "Chromium is missing: run packaging/dependencies test"
        )
        var setup = AgentSetup()
        setup.mode = "approve"
        setup.sections = [
            "diagnosis: {observe: 2s}",
            "webhook: {alerts: [\(Self.quoted(Self.hostileText))], token_file: webhook_token}",
        ]
        try await OperatedAgent.with(setup) { agent in
            let victim = agent.graph(1)
            _ = agent.cloud.withCloud { cloud, now in
                cloud.hang(victim.id, .unresponsive, at: now)
            }
            try await send(about: victim.id, to: agent.process)
            try await agent.eventually(["graphs"]) { $0.text.contains("awaiting_approval") }
            let home = try Scratch()
            defer { home.remove() }
            var arguments = [
                script.path, "--url", agent.process.url + "/", "--user", "alice",
                "--password", "secret", "--graph", victim.id,
            ]
            if let folder = ProcessInfo.processInfo.environment["SCREENSHOTS"] {
                arguments += ["--output", folder]
            }
            // Chromium keeps its profile in the home folder.
            let (status, text) = try await Program.run(
                python,
                arguments,
                environment: ["HOME": home.folder.path],
                within: .seconds(900)
            )
            #expect(status == 0, "\(text)")
        }
    }

    /// Sends an alert whose name, labels and texts are hostile.
    private func send(about id: String, to process: AgentProcess) async throws {
        let text = JSONValue.string(Self.hostileText)
        let alert: JSONValue = [
            "labels": [
                "alertname": text, "graph_id": .string(id), "remediate": "restart",
                "hang": "unresponsive",
            ],
            "annotations": ["summary": text],
            "startsAt": "2026-11-23T08:38:31Z",
        ]
        let answer = try await process.http.send(
            HTTPRequest(
                .post,
                url: process.url + "/api/v2/alerts",
                headers: [
                    HTTPHeader("Content-Type", "application/json"),
                    HTTPHeader("Authorization", "Bearer " + AgentSetup.webhookToken),
                ],
                body: try JSONValue.array([alert]).serialized()
            )
        )
        #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
    }
}
