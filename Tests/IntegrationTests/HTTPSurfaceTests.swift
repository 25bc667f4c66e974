import Foundation
import GESSimulator
import HTTPClient
import JSON
import Testing

@Suite("The agent's HTTP surface")
struct HTTPSurfaceTests {
    @Test("tells health, readiness, graphs and the page")
    func surface() async throws {
        try await Stage.with(Scene()) { stage in
            try await stage.waitUntilReady()
            let agent = stage.agent
            #expect(try await agent.get("/-/healthy").status == 200)
            #expect(try await agent.get("/nope").status == 404)
            let page = try await agent.get("/")
            #expect(page.header("Content-Type") == "text/html; charset=utf-8")
            let graph = try stage.graph(2)
            #expect(String(decoding: page.body, as: UTF8.self).contains(graph))
            #expect(try await agent.get("/style.css").status == 200)
            let graphs = try await agent.json("/api/v1/graphs")
            #expect(graphs["status"] == "success")
            #expect(graphs["data"]?["graphs"]?.arrayValue?.count == 5)
            let one = try await agent.json("/api/v1/graphs/\(graph)")
            #expect(one["data"]?["status"] == "200")
            #expect(one["data"]?["decision"] == "idle")
            let missing = try await agent.get("/api/v1/graphs/none/why")
            #expect(missing.status == 404)
            #expect(try JSONValue.parse(missing.body)["errorType"] == "not_found")
        }
    }

    @Test("is not ready before the cloud was seen")
    func notReady() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await SimulatedCloudServer.serving(Scene.fleet) { cloud in
            try Scene().write(to: scratch, for: cloud)
        }
        // The cloud is gone: its ports are closed.
        let agent = try await AgentProcess.start(in: scratch.folder)
        defer { agent.program.signal(SIGKILL) }
        try await Task.sleep(for: .seconds(2))
        let ready = try await agent.get("/-/ready")
        #expect(ready.status == 503)
        #expect(String(decoding: ready.body, as: UTF8.self).contains("could not be listed"))
        #expect(try await agent.metric("graphwarden_ready") == 0)
        #expect(try await agent.stop() == 0)
    }

    @Test("ends at once on SIGTERM, and forgets nothing that was begun")
    func stopDuringARestart() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        var fleet = Scene.fleet
        fleet.timeScale = 0.05
        try await SimulatedCloudServer.serving(fleet) { cloud in
            try Scene().write(to: scratch, for: cloud)
            let first = try await AgentProcess.start(in: scratch.folder)
            defer { first.program.signal(SIGKILL) }
            let stage = Stage(cloud: cloud, agent: first, folder: scratch.folder)
            try await stage.waitUntilReady()
            let victim = try stage.hang(1, .unresponsive)
            let sent = try await eventually(within: .seconds(30)) { !stage.restarts.isEmpty }
            if !sent { Issue.record("\(try await stage.account(of: victim))") }
            #expect(try await first.stop() == 0)
            let second = try await AgentProcess.start(in: scratch.folder)
            defer { second.program.signal(SIGKILL) }
            let resumed = Stage(cloud: cloud, agent: second, folder: scratch.folder)
            let verified = try await eventually(within: .seconds(60)) {
                try await resumed.isVerified(victim)
            }
            if !verified { Issue.record("\(try await resumed.account(of: victim))") }
            #expect(resumed.restarts == [victim: 1])
            try await second.stop()
        }
    }
}
