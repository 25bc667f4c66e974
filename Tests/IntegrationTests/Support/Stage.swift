import Foundation
import GESSimulator
import HTTPClient
import JSON
import Testing
import Time

/// One simulated cloud and one real agent that watches it.
struct Stage: Sendable {
    let cloud: SimulatedCloudServer
    let agent: AgentProcess
    let folder: URL

    var projectID: String { cloud.configuration.projectID }

    /// Sets the stage, plays, and clears it away.
    static func with(
        _ scene: Scene,
        fleet: SimulatorConfiguration = Scene.fleet,
        arguments: [String] = [],
        through launcher: @Sendable (URL) throws -> Launcher = { _ in .none },
        _ play: @Sendable (Stage) async throws -> Void
    ) async throws {
        var fleet = fleet
        fleet.graphCount = scene.graphs
        try await SimulatedCloudServer.serving(fleet) { cloud in
            let scratch = try Scratch()
            defer { scratch.remove() }
            try scene.write(to: scratch, for: cloud)
            let agent = try await AgentProcess.start(
                in: scratch.folder,
                arguments: arguments,
                through: try launcher(scratch.folder)
            )
            do {
                try await play(Stage(cloud: cloud, agent: agent, folder: scratch.folder))
            } catch {
                Issue.record("\(error)\n\(agent.program.text.suffix(4_000))")
            }
            try await agent.stop()
        }
    }

    /// Changes a file of the agent in one step, as a configuration management does.
    func rewrite(_ name: String, _ change: (String) -> String) throws {
        let file = folder.appending(path: name)
        let text = try String(contentsOf: file, encoding: .utf8)
        try Data(change(text).utf8).write(to: file, options: .atomic)
    }

    /// The state and the beginning of an alert, or nil when it is not active.
    func alert(_ name: String) async throws -> (state: String, activeAt: String)? {
        let answer = try await agent.json("/api/v1/alerts")
        let alert = answer["data"]?["alerts"]?.arrayValue?.first {
            $0["labels"]?["alertname"]?.stringValue == name
        }
        guard let state = alert?["state"]?.stringValue,
            let activeAt = alert?["activeAt"]?.stringValue
        else { return nil }
        return (state, activeAt)
    }

    /// How many restarts were asked for, by graph.
    var restarts: [String: Int] {
        cloud.withCloud { cloud, _ in cloud.restartCounts }
    }

    /// The id of a graph by its place in the fleet.
    func graph(_ index: Int) throws -> String {
        let id = cloud.withCloud { cloud, _ in
            cloud.graphs.indices.contains(index) ? cloud.graphs[index].id : nil
        }
        return try #require(id)
    }

    @discardableResult
    func hang(_ index: Int, _ hangClass: HangKind) throws -> String {
        let id = try graph(index)
        _ = cloud.withCloud { cloud, now in
            cloud.hang(id, hangClass, restartsToHeal: 1, at: now)
        }
        return id
    }

    func change(
        _ index: Int,
        _ body: (inout SimulatedCloud, String, Timestamp) -> Void
    ) {
        cloud.withCloud { cloud, now in
            guard cloud.graphs.indices.contains(index) else { return }
            body(&cloud, cloud.graphs[index].id, now)
        }
    }

    /// Ready, and past the grace that follows a start.
    func waitUntilReady() async throws {
        let ready = try await eventually(within: .seconds(30)) {
            try await agent.get("/-/ready").status == 200
        }
        try #require(ready, "the agent is not ready:\n\(agent.program.text.suffix(4_000))")
        try await Task.sleep(for: .seconds(1))
    }

    /// The control of every test in which nothing happens: another graph hangs, and is restarted.
    func expectThatAHangIsStillNoticed() async throws {
        let victim = try hang(3, .unresponsive)
        let restarted = try await eventually(within: .seconds(30)) { restarts == [victim: 1] }
        if !restarted { Issue.record("\(try await account(of: victim))") }
    }

    func isVerified(_ graph: String) async throws -> Bool {
        let why = try await agent.json("/api/v1/graphs/\(graph)/why")
        return why["data"]?["attempts"]?.arrayValue?.last?["outcome"] == "verified"
    }

    /// Everything that helps to understand a failure.
    func account(of graph: String) async throws -> String {
        let why = try await agent.get("/api/v1/graphs/\(graph)/why")
        return String(decoding: why.body, as: UTF8.self) + "\n" + agent.program.text.suffix(6_000)
    }
}
