import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

@Suite("The agent's HTTP interface")
struct HTTPSurfaceTests {
    @Test("serves health, readiness, graphs and the page")
    func surface() async throws {
        try await RunningAgent.with(AgentSetup()) { agent in
            try await agent.waitUntilReady()
            let process = agent.process
            #expect(try await process.get("/-/healthy").status == 200)
            #expect(try await process.get("/nope").status == 404)
            let page = try await process.get("/")
            #expect(page.header("Content-Type") == "text/html; charset=utf-8")
            let graph = try agent.graphID(2)
            #expect(String(decoding: page.body, as: UTF8.self).contains(graph))
            #expect(try await process.get("/style.css").status == 200)
            let graphs = try await process.json("/api/v1/graphs")
            #expect(graphs["status"] == "success")
            #expect(graphs["data"]?["graphs"]?.arrayValue?.count == 5)
            let one = try await process.json("/api/v1/graphs/\(graph)")
            #expect(one["data"]?["status"] == "200")
            #expect(one["data"]?["decision"] == "idle")
            let missing = try await process.get("/api/v1/graphs/none/why")
            #expect(missing.status == 404)
            #expect(try JSONValue.parse(missing.body)["errorType"] == "not_found")
        }
    }

    @Test("is not ready before the first successful poll")
    func notReady() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
        }
        // Nothing listens: the cloud's ports are closed.
        let process = try await AgentProcess.start(in: scratch.folder)
        defer { process.program.signal(SIGKILL) }
        try await eventually("the agent reports why it is not ready") {
            let ready = try await process.get("/-/ready")
            #expect(ready.status == 503)
            return String(decoding: ready.body, as: UTF8.self)
        } is: { text in
            text.contains("could not be listed")
        }
        #expect(try await process.metric("graphwarden_ready") == 0)
        #expect(try await process.stop() == 0)
    }

    @Test("stops on SIGTERM, and remembers a restart in progress")
    func stopDuringARestart() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        var fleet = AgentSetup.fleet
        fleet.timeScale = 0.05
        try await SimulatedCloudServer.serving(fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
            let first = try await AgentProcess.start(in: scratch.folder)
            defer { first.program.signal(SIGKILL) }
            let agent = RunningAgent(cloud: cloud, process: first, folder: scratch.folder)
            try await agent.waitUntilReady()
            let victim = try agent.hangGraph(1, .unresponsive)
            try await agent.waitForRestart(of: victim)
            #expect(try await first.stop() == 0)
            let second = try await AgentProcess.start(in: scratch.folder)
            defer { second.program.signal(SIGKILL) }
            let resumed = RunningAgent(cloud: cloud, process: second, folder: scratch.folder)
            try await resumed.waitUntilVerified(victim)
            #expect(resumed.restarts == [victim: 1])
            try await second.stop()
        }
    }
}
