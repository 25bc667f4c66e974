import GESSimulator
import JSON
import HTTPClient
import Testing

@Suite("Nothing is restarted")
struct RestraintTests {
    @Test("while the whole API is out, and after it came back", arguments: [true, false])
    func outage(refusesConnections: Bool) async throws {
        try await Stage.with(Scene()) { stage in
            try await stage.waitUntilReady()
            try await stage.cloud.setOutage(refusesConnections ? .refusing : .hanging)
            // Forty sampling intervals: with the shipped interval of 30 s that is twenty minutes.
            try await Task.sleep(for: .seconds(10))
            #expect(try await stage.agent.metric("ges_up{project_id=\"\(stage.projectID)\"}") == 0)
            try await stage.cloud.setOutage(nil)
            let sees = try await eventually(within: .seconds(20)) {
                try await stage.agent.metric("ges_up{project_id=\"\(stage.projectID)\"}") == 1
            }
            #expect(sees)
            try await Task.sleep(for: .seconds(4))
            #expect(stage.restarts.isEmpty)
            try await stage.expectThatAHangIsStillNoticed()
        }
    }

    @Test("when every graph is sick at once", arguments: [2, 3, 12])
    func storm(graphs: Int) async throws {
        try await Stage.with(Scene(graphs: graphs)) { stage in
            try await stage.waitUntilReady()
            for index in 0..<graphs { try stage.hang(index, .unresponsive) }
            let fires = try await eventually(within: .seconds(20)) {
                let alerts = try await stage.agent.json("/api/v1/alerts")
                let firing = alerts["data"]?["alerts"]?.arrayValue?.filter {
                    $0["state"] == "firing"
                }
                return firing?.count == graphs
            }
            #expect(fires)
            try await Task.sleep(for: .seconds(4))
            #expect(stage.restarts.isEmpty)
            let suppressed = try await stage.agent.metric(
                "graphwarden_remediations_suppressed_total{action=\"restart\",reason=\"storm\"}"
            )
            #expect(suppressed ?? 0 > 0)
        }
    }

    @Test("when a graph is merely slow")
    func slow() async throws {
        try await Stage.with(Scene()) { stage in
            try await stage.waitUntilReady()
            stage.change(1) { cloud, id, _ in cloud.setManner(id, .slow(.milliseconds(300))) }
            try await Task.sleep(for: .seconds(8))
            #expect(stage.restarts.isEmpty)
            try await stage.expectThatAHangIsStillNoticed()
        }
    }

    @Test(
        "when a graph is in a state that no restart is documented for",
        arguments: [
            "100", "201", "203", "206", "207", "208", "210", "211", "300", "900", "901",
            "903", "920", "777",
        ]
    )
    func transitional(status: String) async throws {
        try await Stage.with(Scene()) { stage in
            try await stage.waitUntilReady()
            stage.change(1) { cloud, id, now in
                cloud.setStatus(id, GraphStatus(rawValue: status), at: now)
                cloud.setManner(id, .silent)
            }
            try await Task.sleep(for: .seconds(5))
            #expect(stage.restarts.isEmpty)
            try await stage.expectThatAHangIsStillNoticed()
        }
    }

    @Test("when nobody ever reached the data plane of the only graph")
    func neverReached() async throws {
        let port = try await FreePort.find()
        try await Stage.with(Scene(graphs: 1, dataPlanePort: port)) { stage in
            try await stage.waitUntilReady()
            let graph = try stage.graph(0)
            let isHeld = try await eventually(within: .seconds(20)) {
                let why = try await stage.agent.json("/api/v1/graphs/\(graph)/why")
                return why["data"]?["reasons"]?[0]?["reason"] == "stale_data"
            }
            #expect(isHeld)
            try await Task.sleep(for: .seconds(3))
            #expect(stage.restarts.isEmpty)
        }
    }

    @Test("in the modes that only watch", arguments: ["off", "shadow", "approve"])
    func modes(mode: String) async throws {
        try await Stage.with(Scene(mode: mode)) { stage in
            try await stage.waitUntilReady()
            let victim = try stage.hang(1, .unresponsive)
            try await Task.sleep(for: .seconds(8))
            #expect(stage.restarts.isEmpty)
            let why = try await stage.agent.json("/api/v1/graphs/\(victim)/why")
            #expect(why["data"]?["decision"] != "idle")
        }
    }
}
