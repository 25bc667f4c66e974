import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing
import Time

/// One simulated cloud and one real agent that monitors it.
struct RunningAgent: Sendable {
    let cloud: SimulatedCloudServer
    let process: AgentProcess
    let folder: URL

    var projectID: String { cloud.configuration.projectID }

    /// The agent's log so far.
    var log: String { process.program.text }

    /// Starts cloud and agent, runs the test, and stops both.
    static func with(
        _ setup: AgentSetup,
        fleet: SimulatorConfiguration = AgentSetup.fleet,
        arguments: [String] = [],
        through launcher: @Sendable (URL) throws -> Launcher = { _ in .none },
        _ test: @Sendable (RunningAgent) async throws -> Void
    ) async throws {
        var fleet = fleet
        fleet.graphCount = setup.graphs
        try await SimulatedCloudServer.serving(fleet) { cloud in
            let scratch = try Scratch()
            defer { scratch.remove() }
            try setup.write(to: scratch, for: cloud)
            let process = try await AgentProcess.start(
                in: scratch.folder,
                arguments: arguments + setup.arguments,
                through: try launcher(scratch.folder)
            )
            do {
                try await test(
                    RunningAgent(cloud: cloud, process: process, folder: scratch.folder)
                )
            } catch {
                Issue.record("\(error)\n\(process.program.text.suffix(4_000))")
            }
            try await process.stop()
        }
    }

    /// Replaces a file of the agent atomically, like configuration management.
    func rewrite(_ name: String, _ change: (String) -> String) throws {
        let file = folder.appending(path: name)
        let text = try String(contentsOf: file, encoding: .utf8)
        try Data(change(text).utf8).write(to: file, options: .atomic)
    }

    // MARK: The cloud

    /// Restart requests that the cloud received, by graph.
    var restarts: [String: Int] {
        cloud.withCloud { cloud, _ in cloud.restartCounts }
    }

    /// The id of a graph by its index in the fleet.
    func graphID(_ index: Int) throws -> String {
        let id = cloud.withCloud { cloud, _ in
            cloud.graphs.indices.contains(index) ? cloud.graphs[index].id : nil
        }
        return try #require(id)
    }

    /// Makes a graph hang until it is restarted; returns its id.
    @discardableResult
    func hangGraph(_ index: Int, _ hangClass: HangKind) throws -> String {
        let id = try graphID(index)
        _ = cloud.withCloud { cloud, now in
            cloud.hang(id, hangClass, restartsToHeal: 1, at: now)
        }
        return id
    }

    func changeGraph(
        _ index: Int,
        _ body: (inout SimulatedCloud, String, Timestamp) -> Void
    ) {
        cloud.withCloud { cloud, now in
            guard cloud.graphs.indices.contains(index) else { return }
            body(&cloud, cloud.graphs[index].id, now)
        }
    }

    func schedule(_ fault: ScheduledFault) {
        cloud.withCloud { cloud, _ in _ = cloud.faults.schedule(fault) }
    }

    /// Number of requests that the cloud has received.
    var requestCount: Int {
        cloud.withCloud { cloud, _ in cloud.log.total }
    }

    func hasReceived(_ operation: GESSimulator.Operation) -> Bool {
        cloud.withCloud { cloud, _ in !cloud.log.records(of: operation).isEmpty }
    }

    // MARK: The agent

    /// The state and start of an alert; nil if it is not active.
    func alert(_ name: String) async throws -> (state: String, activeAt: String)? {
        let answer = try await process.json("/api/v1/alerts")
        let alert = answer["data"]?["alerts"]?.arrayValue?.first {
            $0["labels"]?["alertname"]?.stringValue == name
        }
        guard let state = alert?["state"]?.stringValue,
            let activeAt = alert?["activeAt"]?.stringValue
        else { return nil }
        return (state, activeAt)
    }

    func why(_ graph: String) async throws -> JSONValue {
        let answer = try await process.json("/api/v1/graphs/\(graph)/why")
        return try #require(answer["data"])
    }

    /// The state of a graph's remediation; nil before the agent has observed the graph.
    func state(of graph: String) async throws -> String? {
        try await process.json("/api/v1/graphs/\(graph)/why")["data"]?["state"]?.stringValue
    }

    /// Whether the last restart of the graph helped; false before the agent has observed the graph.
    func isVerified(_ graph: String) async throws -> Bool {
        let answer = try await process.json("/api/v1/graphs/\(graph)/why")
        return answer["data"]?["attempts"]?.arrayValue?.last?["outcome"] == "verified"
    }

    /// Diagnostic details for the message of a failure.
    func account(of graph: String) async throws -> String {
        let why = try await process.get("/api/v1/graphs/\(graph)/why")
        return String(decoding: why.body, as: UTF8.self) + "\n" + log.suffix(6_000)
    }
}
