import Foundation
import GESSimulator
import JSON
import Time

/// One simulated cloud, a configuration for it, and the graph that is rehearsed.
struct RehearsedGraph: Sendable {
    let cloud: SimulatedCloudServer
    let folder: URL
    let id: String
    let name: String

    static let tag = (key: "graphwarden-rehearsal", value: "expendable")

    /// Runs the test with a tagged graph.
    static func with(
        _ setup: AgentSetup = AgentSetup(),
        pace: Double = AgentSetup.fleet.timeScale,
        _ test: @Sendable (RehearsedGraph) async throws -> Void
    ) async throws {
        var fleet = AgentSetup.fleet
        fleet.graphCount = setup.graphs
        fleet.timeScale = pace
        try await SimulatedCloudServer.serving(fleet) { cloud in
            let scratch = try Scratch()
            defer { scratch.remove() }
            try setup.write(to: scratch, for: cloud)
            let (id, name) = cloud.withCloud { cloud, _ in
                let graph = cloud.graphs[1]
                _ = cloud.setTags(graph.id, graph.tags + [tag])
                return (graph.id, graph.name)
            }
            try await test(
                RehearsedGraph(cloud: cloud, folder: scratch.folder, id: id, name: name)
            )
        }
    }

    /// The requests for a restart that arrived, by graph.
    var restarts: [String: Int] { cloud.withCloud { cloud, _ in cloud.restartCounts } }

    func change(_ body: (inout SimulatedCloud, Timestamp) -> Void) {
        cloud.withCloud { cloud, now in body(&cloud, now) }
    }

    var arguments: [String] {
        [
            "rehearse", "--graph", id, "--config.file", folder.path + "/graphwarden.yml",
            "--storage.path", folder.path + "/data", "--new-ledger", "--by=alice", "-o",
            "json",
        ]
    }

    var confirmed: [String] { arguments + ["--yes-restart", name] }

    func start(_ arguments: [String]) throws -> Program {
        try Program(Program.graphwarden, arguments)
    }

    struct Result {
        let status: Int32
        /// The report; null if there is none.
        let report: JSONValue
        let text: String

        /// The assumptions with this result, by name.
        func assumptions(_ result: String) -> Set<String> {
            let all = report["assumptions"]?.arrayValue ?? []
            return Set(
                all.filter { $0["result"]?.stringValue == result }
                    .compactMap { $0["name"]?.stringValue }
            )
        }
    }

    func end(_ program: Program) async throws -> Result {
        let status = try await program.exitStatus()
        let text = program.text
        let line = text.split(separator: "\n").last { $0.hasPrefix("{") } ?? "null"
        return Result(
            status: status,
            report: (try? JSONValue.parse(Array(line.utf8))) ?? .null,
            text: text
        )
    }

    func rehearse(_ arguments: [String]? = nil) async throws -> Result {
        let program = try start(arguments ?? confirmed)
        defer { program.signal(SIGKILL) }
        return try await end(program)
    }
}
