import Foundation
import GESSimulator
import TestSupport

/// A real agent that takes orders, and the commands that a person gives it.
struct OperatedAgent: Sendable {
    let cloud: SimulatedCloudServer
    let process: AgentProcess
    let scratch: Scratch

    static func with(
        _ setup: AgentSetup,
        _ test: @Sendable (OperatedAgent) async throws -> Void
    ) async throws {
        var fleet = AgentSetup.fleet
        fleet.graphCount = setup.graphs
        var setup = setup
        setup.acceptsOrders = true
        try await SimulatedCloudServer.serving(fleet) { [setup] cloud in
            let scratch = try Scratch()
            defer { scratch.remove() }
            try setup.write(to: scratch, for: cloud)
            try scratch.write("secret\n", to: "right")
            try scratch.write("wrong\n", to: "wrong")
            let process = try await AgentProcess.start(
                in: scratch.folder,
                arguments: setup.arguments
            )
            defer { process.program.signal(SIGKILL) }
            let agent = OperatedAgent(cloud: cloud, process: process, scratch: scratch)
            try await agent.eventually(["status"]) { $0.status == 0 }
            try await test(agent)
            try await process.stop()
        }
    }

    /// The options that reach the agent.
    func options(password: String = "right") -> [String] {
        let file = scratch.folder.appending(path: password).path
        return ["--url=\(process.url)", "--user=alice", "--password-file=\(file)"]
    }

    /// Runs a command against the agent.
    func command(
        _ words: [String],
        password: String = "right"
    ) async throws -> (status: Int32, text: String) {
        try await Program.run(Program.graphwarden, words + options(password: password))
    }

    /// Runs a command until its result is as expected; returns what it printed.
    @discardableResult
    func eventually(
        _ words: [String],
        _ isExpected: @escaping @Sendable ((status: Int32, text: String)) -> Bool
    ) async throws -> String {
        try await TestSupport.eventually("\(words) is as expected", every: .milliseconds(100)) {
            try await command(words)
        } is: { result in
            isExpected(result)
        }.text
    }

    func graph(_ index: Int) -> (id: String, name: String) {
        cloud.withCloud { cloud, _ in (cloud.graphs[index].id, cloud.graphs[index].name) }
    }
}
