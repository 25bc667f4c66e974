import GESSimulator
import JSON
import HTTPClient
import Testing

private let scenes: [Scene] =
    ["v1", "v2"].flatMap { version in
        [Scene.Credentials.password, .accessKey].flatMap { credentials in
            HangKind.allCases.map {
                Scene(apiVersion: version, credentials: credentials, hang: $0)
            }
        }
    } + [
        Scene(apiVersion: "v1", credentials: .token), Scene(apiVersion: "v2", credentials: .token),
        Scene(apiVersion: "v2", credentials: .metadata),
    ]

@Suite("A hung graph")
struct RestartTests {
    @Test("is restarted once, and the recovery is verified", arguments: scenes)
    func restartedOnce(scene: Scene) async throws {
        try await Stage.with(scene) { stage in
            try await stage.waitUntilReady()
            let victim = try stage.hang(1, scene.hang)
            let verified = try await eventually(within: .seconds(60)) {
                try await stage.isVerified(victim)
            }
            if !verified { Issue.record("\(try await stage.account(of: victim))") }
            // Time for a second restart, were there to be one.
            try await Task.sleep(for: .seconds(2))
            #expect(stage.restarts == [victim: 1])
            let metrics = try await stage.agent.metrics()
            #expect(metrics["graphwarden_remediations_total{action=\"restart\"}"] == 1)
            #expect(
                metrics["graphwarden_remediation_duration_seconds_count{action=\"restart\"}"] == 1
            )
            #expect(metrics["ges_graph_status_code{graph_id=\"\(victim)\"}"] == 200)
            #expect(metrics["ges_graph_up{graph_id=\"\(victim)\"}"] == 1)
            let status = try await stage.agent.stop()
            #expect(status == 0, "\(stage.agent.program.text.suffix(1_000))")
        }
    }
}
