import Foundation
import GESSimulator
import HTTPClient
import JSON
import Testing

/// One cloud and one folder, in which an agent lives several lives: each but the last ends by force.
final class Drama: Sendable {
    let cloud: SimulatedCloudServer
    let folder: URL
    private let agents = Agents()

    /// The lives so far, so that none outlives the test.
    private actor Agents {
        private var all: [AgentProcess] = []

        func add(_ agent: AgentProcess) { all.append(agent) }

        func end() async throws {
            for agent in all where agent.program.isRunning { try await agent.stop() }
        }
    }

    private init(_ cloud: SimulatedCloudServer, _ folder: URL) {
        self.cloud = cloud
        self.folder = folder
    }

    static func with<Result: Sendable>(
        _ scene: Scene,
        _ play: @Sendable (Drama) async throws -> Result
    ) async throws -> Result {
        try await SimulatedCloudServer.serving(Scene.fleet) { cloud in
            let scratch = try Scratch()
            defer { scratch.remove() }
            try scene.write(to: scratch, for: cloud)
            let drama = Drama(cloud, scratch.folder)
            do {
                let result = try await play(drama)
                try await drama.agents.end()
                return result
            } catch {
                try await drama.agents.end()
                throw error
            }
        }
    }

    /// The next life, ready.
    func begin() async throws -> Stage {
        let agent = try await AgentProcess.start(in: folder)
        await agents.add(agent)
        let stage = Stage(cloud: cloud, agent: agent, folder: folder)
        try await stage.waitUntilReady()
        return stage
    }

    /// Lets the last life bring it to an end, and says which.
    func end(of victim: String) async throws -> String {
        let stage = try await begin()
        let ends = ["cooling_down", "stalled", "unknown_outcome"]
        _ = try await eventually(within: .seconds(90), every: .milliseconds(200)) {
            let state = try await stage.state(of: victim)
            // A trace of a restart that did land is found within a few seconds.
            if state == "unknown_outcome" {
                guard stage.restarts[victim] == nil else { return false }
                try await Task.sleep(for: .seconds(2))
            }
            return ends.contains(try await stage.state(of: victim) ?? "")
        }
        if try await stage.state(of: victim) == "unknown_outcome" {
            try await stage.expectOpenQuestion(about: victim)
            return "open, and looked for until its bound"
        }
        if stage.restarts[victim] ?? 0 > 1 { return "restarted TWICE" }
        let why = try await stage.why(victim)
        let attempts = why["attempts"]?.arrayValue ?? []
        guard let outcome = attempts.last?["outcome"]?.stringValue, attempts.count == 1,
            why["state"] == "cooling_down"
        else {
            return why["state"] == "stalled"
                ? "stalled" : "FORGOTTEN: \(try await stage.account(of: victim))"
        }
        return outcome
    }
}

extension Stage {
    func state(of graph: String) async throws -> String? {
        try await agent.json("/api/v1/graphs/\(graph)/why")["data"]?["state"]?.stringValue
    }

    /// A restart that may have been sent and left no trace stays an open question for as long as it
    /// could still land, which is longer than a test can wait. It is held, shown and counted
    /// meanwhile; that it ends is shown in virtual time.
    func expectOpenQuestion(about graph: String) async throws {
        let why = try await why(graph)
        #expect(why["state"] == "unknown_outcome")
        #expect(why["summary"]?.stringValue?.contains("looked for until") == true)
        #expect(why["attempts"]?.arrayValue?.count == 1)
        let metrics = try await agent.metrics()
        #expect(metrics["graphwarden_remediations_in_progress{action=\"restart\"}"] == 1)
        let page = String(decoding: try await agent.get("/").body, as: UTF8.self)
        #expect(page.contains("looked for until"))
    }

    func hasReceived(_ operation: GESSimulator.Operation) -> Bool {
        cloud.withCloud { cloud, _ in !cloud.log.records(of: operation).isEmpty }
    }
}
