import Foundation
import GESSimulator
import JSON
import Ledger
import Remediation
import TestSupport
import Testing
import Time

/// What keeps `graphwarden rehearse --graph` from its restart, beside what it finds at the start.
@Suite("graphwarden rehearse --graph: safety", .serialized)
struct RealRehearsalSafetyTests {
    typealias Change = @Sendable (inout SimulatedCloud, String, Timestamp) -> Void

    struct Late: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: Change
        /// What a gate says that sees the change in time, and what the last look says.
        let says: [String]

        init(_ testDescription: String, says: [String], _ change: @escaping Change) {
            self.testDescription = testDescription
            self.says = says
            self.change = change
        }
    }

    static let late = [
        Late("the tag is gone", says: ["no entry of graphs", "its mode is now unselected"]) {
            cloud,
            id,
            _ in
            _ = cloud.setTags(id, [])
        },
        Late("a task began", says: ["tasks to run"]) { cloud, id, now in
            _ = cloud.addTask(id, type: "Algorithm", course: .stalled(percent: 1), at: now)
        },
        Late("a job began", says: ["CreateBackup"]) { cloud, id, now in
            _ = cloud.addJob(id, name: "CreateBackup", lasting: nil, at: now)
        },
        Late("the graph imports", says: ["202"]) { cloud, id, now in
            _ = cloud.setStatus(id, .importing, at: now)
        },
        Late("its tasks cannot be read", says: ["could not be read"]) { cloud, _, _ in
            cloud.faults.schedule(
                ScheduledFault(.html(status: 500), on: FaultMatch(operation: .listTasks))
            )
        },
    ]

    @Test("sends none if, after the order, something has changed", arguments: late)
    func changed(row: Late) async throws {
        try await RehearsedGraph.with(AgentSetup(timeout: "15s")) { graph in
            // The evidence takes so long that the change falls between the order and the request.
            graph.change { cloud, _ in
                cloud.faults.schedule(
                    ScheduledFault(.late(.seconds(4)), on: FaultMatch(operation: .listTasks))
                )
            }
            let program = try graph.start(graph.confirmed)
            defer { program.signal(SIGKILL) }
            try await eventually("the order is given", within: .seconds(120)) {
                program.text.contains("ordered: restart")
            } lastSeen: {
                program.text
            }
            graph.change { cloud, now in row.change(&cloud, graph.id, now) }
            let result = try await graph.end(program)
            #expect(result.status == 1, "\(result.text)")
            #expect(result.report["outcome"]?.stringValue == "not_sent", "\(result.text)")
            let reason = result.report["text"]?.stringValue ?? ""
            let lines = result.text.split(separator: "\n").drop { !$0.contains("ordered:") }
            let isSaid = row.says.contains { says in
                reason.contains(says) || lines.contains { $0.contains(says) }
            }
            #expect(isSaid, "\(result.text)")
            #expect(graph.restarts.isEmpty)
        }
    }

    @Test("two at once send one")
    func twoAtOnce() async throws {
        try await RehearsedGraph.with { graph in
            async let first = graph.rehearse()
            async let second = graph.rehearse()
            let results = try await [first, second]
            let codes = results.map(\.status).sorted()
            #expect(codes == [0, 1], "\(results.map(\.text))")
            #expect(graph.restarts == [graph.id: 1])
        }
    }

    // MARK: - Persons and other systems

    @Test("a pause that persons made in the agent holds it")
    func paused() async throws {
        try await OperatedAgent.with(AgentSetup()) { agent in
            let (id, name) = agent.graph(1)
            _ = agent.cloud.withCloud { cloud, _ in cloud.setTags(id, [RehearsedGraph.tag]) }
            let pause = try await agent.command(
                ["pause", "--entry=\(AgentSetup.entry)", "--for=1h", "--reason=upgrade"]
            )
            #expect(pause.status == 0, "\(pause.text)")
            agent.process.program.signal(SIGTERM)
            _ = try await agent.process.program.exitStatus()
            let graph = RehearsedGraph(
                cloud: agent.cloud,
                folder: agent.scratch.folder,
                id: id,
                name: name
            )
            let result = try await graph.rehearse()
            #expect(result.status == 1, "\(result.text)")
            #expect(result.text.contains("upgrade"), "\(result.text)")
            #expect(graph.restarts.isEmpty)
        }
    }

    @Test("what the ledger knows of other graphs stays as it is")
    func otherGraphs() async throws {
        try await OperatedAgent.with(AgentSetup()) { agent in
            let (id, name) = agent.graph(1)
            let other = agent.graph(2).id
            _ = agent.cloud.withCloud { cloud, _ in cloud.setTags(id, [RehearsedGraph.tag]) }
            let restart = try await agent.command(
                [
                    "restart", other, "--reason=test", "--wait", "--override=diagnosis",
                    "--override=startup_grace", "--override=state_change_grace",
                ]
            )
            #expect(restart.status == 0, "\(restart.text)")
            agent.process.program.signal(SIGTERM)
            _ = try await agent.process.program.exitStatus()
            let folder = agent.scratch.folder
            let before = try Self.records(in: folder)
            let graph = RehearsedGraph(cloud: agent.cloud, folder: folder, id: id, name: name)
            let result = try await graph.rehearse()
            #expect(result.status == 0, "\(result.text)")
            #expect(graph.restarts == [id: 1, other: 1])
            let after = try Self.records(in: folder)
            #expect(before.map(\.id.rawValue) == [other])
            #expect(after.filter { $0.id.rawValue != id } == before)
        }
    }

    /// The ledger must be closed again, or the rehearsal could not take it.
    private static func records(in folder: URL) throws -> [GraphRecord] {
        try Ledger(folder: folder.path + "/data").load().records
    }

    private static func setup(_ url: String) -> AgentSetup {
        AgentSetup(sections: ["alertmanagers: [{url: \"\(url)\", timeout: 1s}]"])
    }

    @Test("a silence holds it, and Alertmanager hears nothing of it")
    func silenced() async throws {
        let alertmanager = try await AlertmanagerServer.start(
            receiver: "http://127.0.0.1:1",
            token: "unused",
            repeats: "1h"
        )
        defer { alertmanager.stop() }
        try await RehearsedGraph.with(Self.setup(alertmanager.url)) { graph in
            let id = try await alertmanager.amtool([
                "silence", "add", "--author=kim", "--comment=upgrade", "--duration=10m",
                "graph_id=\(graph.id)",
            ])
            let held = try await graph.rehearse()
            #expect(held.status == 1, "\(held.text)")
            #expect(held.text.contains("silenced by silence \(id) by kim"), "\(held.text)")
            #expect(graph.restarts.isEmpty)
            _ = try await alertmanager.amtool(["silence", "expire", id])
            let passed = try await graph.rehearse()
            #expect(passed.status == 0, "\(passed.text)")
            #expect(graph.restarts == [graph.id: 1])
            #expect(try await alertmanager.activeAlerts().isEmpty)
        }
    }

    @Test("an Alertmanager that cannot be asked holds it")
    func unknownSilences() async throws {
        try await RehearsedGraph.with(Self.setup("http://127.0.0.1:1")) { graph in
            let result = try await graph.rehearse()
            #expect(result.status == 2, "\(result.text)")
            #expect(result.text.contains("cannot be asked for silences"), "\(result.text)")
            #expect(graph.restarts.isEmpty)
        }
    }

    // MARK: - The name

    /// Types its first argument when the rest, a command, asks for the name.
    private static let typist = """
        import os, pty, sys
        child, terminal = pty.fork()
        if child == 0:
            os.execv(sys.argv[2], sys.argv[2:])
        seen, typed = b"", False
        while True:
            try:
                text = os.read(terminal, 4096)
            except OSError:
                break
            if not text:
                break
            seen += text
            os.write(1, text)
            if not typed and b"to go on:" in seen:
                typed = True
                os.write(terminal, sys.argv[1].encode() + b"\\n")
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """

    @Test("asks for the name at a terminal", arguments: ["right", "wrong", "blank"])
    func typed(word: String) async throws {
        try await RehearsedGraph.with { graph in
            let name = ["right": graph.name, "wrong": graph.name + "x"][word] ?? ""
            let (status, text) = try await Program.run(
                URL(filePath: "/usr/bin/python3"),
                ["-c", Self.typist, name, Program.graphwarden.path] + graph.arguments
            )
            #expect(text.contains("Graph \(graph.id) will be restarted"), "\(text)")
            #expect(status == (word == "right" ? 0 : 1), "\(text)")
            #expect(graph.restarts == (word == "right" ? [graph.id: 1] : [:]))
        }
    }

    @Test(
        "names what does not go together",
        arguments: [
            (["rehearse"], "name scenario files, or a graph"),
            (["rehearse", "a.yaml", "--graph=x"], "name scenario files, or a graph"),
            (["rehearse", "a.yaml", "--yes-restart=x"], "go with --graph"),
            (["rehearse", "a.yaml", "--without-restart"], "go with --graph"),
            (["rehearse", "--graph=x", "--expendable-tag=x"], "expendable-tag"),
            (["rehearse", "--graph=x", "--override=cooldown"], "cooldown"),
            (["rehearse", "--graph=x", "--override=diagnosis"], "diagnosis"),
            (
                ["rehearse", "--graph=x", "--without-restart", "--yes-restart=x"],
                "exclude each other"
            ),
        ]
    )
    func usage(words: [String], says: String) async throws {
        let (status, text) = try await Program.run(Program.graphwarden, words)
        #expect(status == 64, "\(text)")
        #expect(text.contains(says), "\(text)")
    }
}
