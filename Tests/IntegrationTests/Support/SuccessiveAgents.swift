import Foundation
import GESSimulator
import JSON
import TestSupport

/// One cloud and one folder for successive agent processes, each of which but the last is killed.
final class SuccessiveAgents: Sendable {
    let cloud: SimulatedCloudServer
    let folder: URL
    private let arguments: [String]
    private let agents = Agents()

    /// The processes so far, so that none outlives the test.
    private actor Agents {
        private var all: [AgentProcess] = []

        func add(_ agent: AgentProcess) { all.append(agent) }

        func end() async throws {
            for agent in all where agent.program.isRunning { try await agent.stop() }
        }
    }

    private init(_ cloud: SimulatedCloudServer, _ folder: URL, _ arguments: [String]) {
        self.cloud = cloud
        self.folder = folder
        self.arguments = arguments
    }

    static func with<Result: Sendable>(
        _ setup: AgentSetup,
        _ test: @Sendable (SuccessiveAgents) async throws -> Result
    ) async throws -> Result {
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            let scratch = try Scratch()
            defer { scratch.remove() }
            try setup.write(to: scratch, for: cloud)
            let successive = SuccessiveAgents(cloud, scratch.folder, setup.arguments)
            do {
                let result = try await test(successive)
                try await successive.agents.end()
                return result
            } catch {
                try await successive.agents.end()
                throw error
            }
        }
    }

    /// Starts the next process; returns when it is ready.
    func start(
        _ more: [String] = [],
        through launcher: Launcher = .none
    ) async throws -> RunningAgent {
        let process = try await AgentProcess.start(
            in: folder,
            arguments: arguments + more,
            through: launcher
        )
        await agents.add(process)
        let agent = RunningAgent(cloud: cloud, process: process, folder: folder)
        try await agent.waitUntilReady()
        return agent
    }

    /// Lets the last process complete the incident; returns a short description of the outcome.
    func end(of victim: String) async throws -> String {
        let agent = try await start()
        let ends = ["cooling_down", "stalled", "unknown_outcome"]
        try await eventually("the incident ends", every: .milliseconds(200)) {
            let state = try await agent.state(of: victim)
            // The trace of a restart that was carried out is found within a few polls.
            if state == "unknown_outcome" {
                guard agent.restarts[victim] == nil else { return false }
                try await agent.process.waitForPolls(8)
            }
            return ends.contains(try await agent.state(of: victim) ?? "")
        } lastSeen: {
            try await agent.account(of: victim)
        }
        if try await agent.state(of: victim) == "unknown_outcome" {
            try await agent.expectOpenQuestion(about: victim)
            return "unknown, searched for until the deadline"
        }
        if agent.restarts[victim] ?? 0 > 1 { return "restarted TWICE" }
        let why = try await agent.why(victim)
        let attempts = why["attempts"]?.arrayValue ?? []
        guard let outcome = attempts.last?["outcome"]?.stringValue, attempts.count == 1,
            why["state"] == "cooling_down"
        else {
            return why["state"] == "stalled"
                ? "stalled" : "FORGOTTEN: \(try await agent.account(of: victim))"
        }
        return outcome
    }
}
