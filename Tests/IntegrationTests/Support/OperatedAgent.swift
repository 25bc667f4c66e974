import Foundation
import GESSimulator
import TestSupport

/// A real agent that takes orders, and the commands that a person gives it.
struct OperatedAgent: Sendable {
    let cloud: SimulatedCloudServer
    let process: AgentProcess
    let scratch: Scratch

    /// `secret`, hashed at the lowest cost.
    private static let hash = "$2b$04$ncGmuiQnNZu0IPyA65GnjOzG9W5jKKrjvctnpvMEeBQcKMBFxW396"

    static func with(
        _ setup: AgentSetup,
        _ test: @Sendable (OperatedAgent) async throws -> Void
    ) async throws {
        var fleet = AgentSetup.fleet
        fleet.graphCount = setup.graphs
        try await SimulatedCloudServer.serving(fleet) { cloud in
            let scratch = try Scratch()
            defer { scratch.remove() }
            try setup.write(to: scratch, for: cloud)
            try scratch.write("secret\n", to: "right")
            try scratch.write("wrong\n", to: "wrong")
            try scratch.write("basic_auth_users: {ops: \"\(Self.hash)\"}\n", to: "web.yml")
            let process = try await AgentProcess.start(
                in: scratch.folder,
                arguments: ["--web.config.file=web.yml", "--web.enable-admin-api"]
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
        return ["--url=\(process.url)", "--user=ops", "--password-file=\(file)"]
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
