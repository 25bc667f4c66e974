import Foundation
import GESSimulator
import JSON
import Ledger
import Remediation
import TestSupport
import Testing
import Time

/// What happens between the decision and the request of `graphwarden rehearse --graph`, and after a
/// restart that something else began.
@Suite("graphwarden rehearse --graph: last reads", .serialized)
struct RealRehearsalLastReadTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let says: String
        let act: @Sendable (RehearsedGraph, Program) -> Void
    }

    static let rows = [
        Row(testDescription: "a person stops it", says: "interrupted") { _, program in
            program.signal(SIGINT)
        },
        Row(testDescription: "the tag is gone", says: "no longer has the tag") { graph, _ in
            graph.change { cloud, _ in _ = cloud.setTags(graph.id, []) }
        },
        Row(testDescription: "the graph imports", says: "its status is now 202") { graph, _ in
            graph.change { cloud, now in _ = cloud.setStatus(graph.id, .importing, at: now) }
        },
        Row(testDescription: "a job began", says: "CreateBackup") { graph, _ in
            graph.change { cloud, now in
                _ = cloud.addJob(graph.id, name: "CreateBackup", lasting: nil, at: now)
            }
        },
    ]

    @Test("sends none if, while the tasks are read last, something changes", arguments: rows)
    func changed(row: Row) async throws {
        try await RehearsedGraph.with(AgentSetup(timeout: "30s")) { graph in
            graph.change { cloud, _ in
                cloud.faults.schedule(
                    ScheduledFault(.late(.seconds(4)), on: FaultMatch(operation: .listTasks))
                )
            }
            let program = try graph.start(graph.confirmed)
            defer { program.signal(SIGKILL) }
            try await eventually("it is decided", within: .seconds(180)) {
                program.text.contains(", attempt 1: ")
            } lastSeen: {
                program.text
            }
            let before = graph.cloud.withCloud { cloud, _ in cloud.log.records.last?.number ?? 0 }
            try await eventually("the tasks are being read") {
                graph.cloud.withCloud { cloud, _ in
                    cloud.log.records.contains {
                        $0.number > before && $0.operation == .listTasks
                    }
                }
            }
            row.act(graph, program)
            let result = try await graph.end(program)
            #expect(result.status == 1, "\(result.text)")
            #expect(result.report["outcome"]?.stringValue == "not_sent", "\(result.text)")
            #expect(result.text.contains(row.says), "\(result.text)")
            #expect(graph.restarts.isEmpty)
        }
    }

    @Test("an interrupt before the restart leaves nothing behind")
    func interruptedBefore() async throws {
        try await RehearsedGraph.with(AgentSetup(startupGrace: "1h")) { graph in
            let program = try graph.start(graph.confirmed)
            defer { program.signal(SIGKILL) }
            try await eventually("it waits") { program.text.contains("waiting: observing") }
            program.signal(SIGINT)
            let result = try await graph.end(program)
            #expect(result.status == 1, "\(result.text)")
            #expect(graph.restarts.isEmpty)
            let skipped = try await graph.rehearse(
                graph.confirmed + ["--override=startup_grace"]
            )
            #expect(skipped.status == 0, "\(skipped.text)")
            #expect(graph.restarts == [graph.id: 1])
        }
    }

    @Test("leaves a restart that an agent began to the agent")
    func restartOfAgent() async throws {
        let setup = AgentSetup(restartTimeout: "120s")
        try await OperatedAgent.with(setup) { agent in
            let (id, name) = agent.graph(2)
            agent.cloud.withCloud { cloud, _ in
                _ = cloud.setTags(id, [RehearsedGraph.tag])
                cloud.faults.schedule(
                    ScheduledFault(
                        .restart(.staysIn(.stopping)),
                        on: FaultMatch(operation: .restartGraph)
                    )
                )
            }
            let restart = try await agent.command(
                [
                    "restart", id, "--reason=test", "--override=diagnosis",
                    "--override=startup_grace", "--override=state_change_grace",
                ]
            )
            #expect(restart.status == 0, "\(restart.text)")
            try await eventually("the restart is sent") {
                agent.cloud.withCloud { cloud, _ in cloud.restartCounts } == [id: 1]
            }
            agent.process.program.signal(SIGTERM)
            _ = try await agent.process.program.exitStatus()
            let folder = agent.scratch.folder
            let graph = RehearsedGraph(cloud: agent.cloud, folder: folder, id: id, name: name)
            let before = try Self.records(in: folder)
            let result = try await graph.rehearse()
            #expect(result.status == 1, "\(result.text)")
            #expect(result.text.contains("start the agent on this ledger"), "\(result.text)")
            #expect(graph.restarts == [id: 1])
            #expect(try Self.records(in: folder) == before)
        }
    }

    private static func records(in folder: URL) throws -> [GraphRecord] {
        try Ledger(folder: folder.path + "/data").load().records
    }

    // MARK: - Answers

    struct Answer: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fault: Fault
        let status: Int32
        let outcome: String
    }

    static let answers = [
        Answer(
            testDescription: "no job id",
            fault: .emptyObject,
            status: 0,
            outcome: "verified"
        ),
        Answer(
            testDescription: "throttled",
            fault: .throttled(nil),
            status: 1,
            outcome: "failed"
        ),
        Answer(
            testDescription: "forbidden",
            fault: .error(ServiceError(status: 403, code: "GES.0011", message: "No.")),
            status: 1,
            outcome: "failed"
        ),
    ]

    @Test("whatever the answer, there is no second request", arguments: answers)
    func answered(row: Answer) async throws {
        try await RehearsedGraph.with { graph in
            graph.change { cloud, _ in
                cloud.faults.schedule(
                    ScheduledFault(row.fault, on: FaultMatch(operation: .restartGraph))
                )
            }
            let result = try await graph.rehearse()
            #expect(result.status == row.status, "\(result.text)")
            #expect(result.report["outcome"]?.stringValue == row.outcome, "\(result.text)")
            #expect(graph.restarts == [graph.id: 1])
        }
    }
}
