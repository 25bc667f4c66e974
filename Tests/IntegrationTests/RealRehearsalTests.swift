import Foundation
import GESSimulator
import JSON
import TestSupport
import Testing
import Time

/// `graphwarden rehearse --graph` against the simulated cloud over real HTTP. Each test counts the
/// requests for a restart: there is one, or there is none.
@Suite("graphwarden rehearse --graph", .serialized)
struct RealRehearsalTests {
    @Test(
        "restarts the graph once, verifies it and finds the assumptions",
        arguments: ["v1", "v2"]
    )
    func verified(apiVersion: String) async throws {
        // So slow that no status is missed.
        try await RehearsedGraph.with(Self.patient(apiVersion), pace: 0.04) { graph in
            let report = graph.folder.path + "/report.json"
            let result = try await graph.rehearse(graph.confirmed + ["--report", report])
            #expect(result.status == 0, "\(result.text)")
            #expect(graph.restarts == [graph.id: 1])
            #expect(result.report["outcome"]?.stringValue == "verified")
            #expect(result.report["restart"]?["jobID"]?.stringValue?.isEmpty == false)
            let held: Set = [
                "restart_permitted", "restart_names_job", "restart_job_name", "job_readable",
                "job_listed", "job_ending", "status_path", "duration", "offset", "total",
                "request_id", "graph_times", "job_times", "node_metrics", "version", "spelling",
            ]
            #expect(result.assumptions("held").isSuperset(of: held), "\(result.text)")
            #expect(result.assumptions("did not hold") == [], "\(result.text)")
            #expect(result.text.contains("alice ordered: restart"), "\(result.text)")
            let stored = try Data(contentsOf: URL(filePath: report))
            #expect(try JSONValue.parse(Array(stored)) == result.report)
        }
    }

    /// On a busy machine everything takes longer.
    private static func patient(_ apiVersion: String) -> AgentSetup {
        AgentSetup(apiVersion: apiVersion, restartTimeout: "120s")
    }

    @Test("sends none within the cool-down of the last one")
    func coolingDown() async throws {
        try await RehearsedGraph.with { graph in
            #expect(try await graph.rehearse().status == 0)
            let again = try await graph.rehearse()
            #expect(again.status == 1, "\(again.text)")
            #expect(again.report["text"]?.stringValue?.contains("cooling down") == true)
            #expect(graph.restarts == [graph.id: 1])
        }
    }

    // MARK: - Refusals

    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var setup = AgentSetup()
        var change: @Sendable (inout SimulatedCloud, String, Timestamp) -> Void = { _, _, _ in }
        /// Replaces the arguments, given the confirmed ones.
        var arguments: @Sendable (RehearsedGraph) -> [String] = { $0.confirmed }
        var status: Int32 = 1
        let says: String
    }

    static let refusals: [Refusal] = [
        Refusal(
            testDescription: "no tag",
            change: { cloud, id, _ in _ = cloud.setTags(id, [("env", "prod")]) },
            says: "has no tag graphwarden-rehearsal, not graphwarden-rehearsal=expendable"
        ),
        Refusal(
            testDescription: "another value of the tag",
            change: { cloud, id, _ in _ = cloud.setTags(id, [("graphwarden-rehearsal", "no")]) },
            says: "has the tag graphwarden-rehearsal=no"
        ),
        Refusal(
            testDescription: "another tag is asked for",
            arguments: { $0.confirmed + ["--expendable-tag=other=yes"] },
            says: "has no tag other"
        ),
        Refusal(
            testDescription: "the beginning of the name",
            arguments: { $0.arguments + ["--yes-restart", String($0.name.dropLast())] },
            says: "is not the name of graph"
        ),
        Refusal(
            testDescription: "the id in place of the name",
            arguments: { $0.arguments + ["--yes-restart", $0.id] },
            says: "is not the name of graph"
        ),
        Refusal(
            testDescription: "no terminal and no name",
            arguments: { $0.arguments },
            status: 64,
            says: "--graph needs a terminal, or --yes-restart with the name"
        ),
        Refusal(
            testDescription: "an unknown graph",
            arguments: { graph in
                graph.confirmed.map { $0 == graph.id ? "nobody" : $0 }
            },
            says: "no graph with the id or name \"nobody\""
        ),
        Refusal(
            testDescription: "the graph imports",
            change: { cloud, id, now in
                _ = cloud.setStatus(id, .importing, at: now)
            },
            says: "its status is 202 (Importing)"
        ),
        Refusal(
            testDescription: "a job of it runs",
            change: { cloud, id, now in
                _ = cloud.addJob(
                    id,
                    name: "CreateBackup",
                    lasting: nil,
                    failure: nil,
                    at: now
                )
            },
            says: "its job CreateBackup is"
        ),
        Refusal(
            testDescription: "a task of it runs",
            change: { cloud, id, now in
                _ = cloud.addTask(
                    id,
                    type: "Algorithm",
                    course: .stalled(percent: 10),
                    at: now
                )
            },
            says: "1 tasks to run"
        ),
        Refusal(
            testDescription: "it does not answer",
            change: { cloud, id, now in
                _ = cloud.hang(
                    id,
                    .unresponsive,
                    restartsToHeal: 1,
                    at: now
                )
            },
            says: "the probe summary fails"
        ),
        Refusal(
            testDescription: "the list is not complete",
            change: { cloud, _, _ in
                cloud.faults.schedule(
                    ScheduledFault(.wrongTotal(1_000), on: FaultMatch(operation: .listGraphs))
                )
            },
            says: "the list of graphs is not complete"
        ),
        Refusal(
            testDescription: "mode off",
            setup: AgentSetup(mode: "off"),
            says: "its mode is off"
        ),
        Refusal(
            testDescription: "GES cannot be asked",
            change: { cloud, _, _ in
                cloud.faults.schedule(
                    ScheduledFault(.html(status: 502), on: FaultMatch(operation: .listGraphs))
                )
            },
            status: 2,
            says: "the graphs could not be listed"
        ),
        Refusal(
            testDescription: "there is no ledger",
            arguments: { $0.confirmed.filter { $0 != "--new-ledger" } },
            says: "begin a ledger with --new-ledger"
        ),
        Refusal(
            testDescription: "the report cannot be written",
            arguments: { $0.confirmed + ["--report", $0.folder.path + "/none/report.json"] },
            status: 2,
            says: "none/report.json"
        ),
        Refusal(
            testDescription: "only reads are asked for, and the graph cannot be read",
            change: { cloud, _, _ in
                cloud.faults.schedule(
                    ScheduledFault(.html(status: 500), on: FaultMatch(operation: .showGraph))
                )
            },
            arguments: { $0.arguments + ["--without-restart"] },
            status: 2,
            says: "the graph could not be read"
        ),
        Refusal(
            testDescription: "the clocks differ",
            change: { cloud, _, _ in
                cloud.faults.schedule(
                    ScheduledFault(.wrongClock(by: .seconds(3600)), on: FaultMatch())
                )
            },
            says: "clock"
        ),
        Refusal(
            testDescription: "the budget is used up",
            setup: AgentSetup(remediation: ["budget: {1h: 0}"]),
            says: "0 of 0 restarts in 1h"
        ),
    ]

    @Test("sends none, and says why", arguments: refusals)
    func refused(row: Refusal) async throws {
        try await RehearsedGraph.with(row.setup) { graph in
            graph.change { cloud, now in row.change(&cloud, graph.id, now) }
            let result = try await graph.rehearse(row.arguments(graph))
            #expect(result.status == row.status, "\(result.text)")
            #expect(result.text.contains(row.says), "\(result.text)")
            #expect(graph.restarts.isEmpty)
        }
    }

    @Test("does not run beside the agent of the same ledger")
    func runningAgent() async throws {
        try await RehearsedGraph.with { graph in
            let agent = try await AgentProcess.start(in: graph.folder)
            let result = try await graph.rehearse()
            #expect(result.status == 1, "\(result.text)")
            #expect(result.text.contains("is in use by process"), "\(result.text)")
            #expect(result.text.contains("stop the agent"), "\(result.text)")
            // Without a restart it needs no ledger, and no tag.
            graph.change { cloud, _ in _ = cloud.setTags(graph.id, []) }
            let read = try await graph.rehearse(graph.arguments + ["--without-restart"])
            #expect(read.status == 0, "\(read.text)")
            #expect(read.assumptions("held").contains("offset"), "\(read.text)")
            #expect(read.assumptions("not seen").contains("restart_names_job"))
            try await agent.stop()
            #expect(graph.restarts.isEmpty)
        }
    }

    @Test("sends none once the tag is gone, however late")
    func lostTag() async throws {
        try await RehearsedGraph.with(AgentSetup(startupGrace: "30s")) { graph in
            let program = try graph.start(graph.confirmed)
            defer { program.signal(SIGKILL) }
            try await eventually("it waits") { program.text.contains("waiting: observing") }
            graph.change { cloud, _ in _ = cloud.setTags(graph.id, []) }
            let result = try await graph.end(program)
            #expect(result.status == 1, "\(result.text)")
            #expect(result.report["outcome"]?.stringValue == "not_sent")
            #expect(graph.restarts.isEmpty)
        }
    }

    // MARK: - Restarts that go wrong

    @Test("reports a refusal, and sends no second one")
    func refusedRestart() async throws {
        try await RehearsedGraph.with { graph in
            graph.change { cloud, _ in
                cloud.faults.schedule(
                    ScheduledFault(
                        .error(
                            ServiceError(status: 400, code: "GES.7016", message: "It is invalid.")
                        ),
                        on: FaultMatch(operation: .restartGraph)
                    )
                )
            }
            let result = try await graph.rehearse()
            #expect(result.status == 1, "\(result.text)")
            #expect(result.report["outcome"]?.stringValue == "failed")
            #expect(result.assumptions("held").contains("refusal_code"), "\(result.text)")
            #expect(graph.restarts == [graph.id: 1])
        }
    }

    @Test("follows a restart whose answer was lost", arguments: [Fault.drop, .hang])
    func lostAnswer(_ fault: Fault) async throws {
        try await RehearsedGraph.with { graph in
            graph.change { cloud, _ in
                cloud.faults.schedule(
                    ScheduledFault(
                        fault,
                        on: FaultMatch(operation: .restartGraph),
                        carriedOut: true
                    )
                )
            }
            let result = try await graph.rehearse()
            #expect(result.status == 0, "\(result.text)")
            #expect(graph.restarts == [graph.id: 1])
        }
    }

    @Test(
        "never repeats a restart that may have been lost, not even in another process",
        arguments: [Fault.drop, .html(status: 502), .garbage(status: 200)]
    )
    func lostRestart(_ fault: Fault) async throws {
        try await RehearsedGraph.with { graph in
            graph.change { cloud, _ in
                cloud.faults.schedule(
                    ScheduledFault(
                        fault,
                        on: FaultMatch(operation: .restartGraph),
                        carriedOut: false
                    )
                )
            }
            for round in 0..<2 {
                let program = try graph.start(graph.confirmed)
                defer { program.signal(SIGKILL) }
                let sign = round == 0 ? "outcome unknown" : "none is sent"
                try await eventually("it follows the restart") {
                    graph.restarts == [graph.id: 1] && program.text.contains(sign)
                } lastSeen: {
                    program.text
                }
                program.signal(SIGTERM)
                let result = try await graph.end(program)
                #expect(result.status == 2, "\(result.text)")
                #expect(result.report["outcome"]?.stringValue == "unknown")
                #expect(result.text.contains("does not send another"), "\(result.text)")
                #expect(graph.restarts == [graph.id: 1])
            }
        }
    }

    @Test("reports a restart that does not bring the graph back")
    func stalled() async throws {
        try await RehearsedGraph.with { graph in
            graph.change { cloud, _ in
                cloud.faults.schedule(
                    ScheduledFault(
                        .restart(.jobFails(reason: "no capacity")),
                        on: FaultMatch(operation: .restartGraph)
                    )
                )
            }
            let result = try await graph.rehearse()
            #expect(result.status == 1, "\(result.text)")
            #expect(result.text.contains("stalled: its job failed: no capacity"), "\(result.text)")
            #expect(graph.restarts == [graph.id: 1])
        }
    }

    @Test("leaves a graph that does not come back to a person")
    func lostGraph() async throws {
        try await RehearsedGraph.with { graph in
            graph.change { cloud, _ in
                cloud.faults.schedule(
                    ScheduledFault(
                        .restart(.staysIn(.stopping)),
                        on: FaultMatch(operation: .restartGraph)
                    )
                )
            }
            let result = try await graph.rehearse()
            #expect(result.status == 1, "\(result.text)")
            let again = try await graph.rehearse()
            #expect(again.status == 1, "\(again.text)")
            #expect(again.text.contains("its last restart stalled"), "\(again.text)")
            #expect(graph.restarts == [graph.id: 1])
        }
    }

    @Test("goes on with a restart that it was stopped or killed in", arguments: [SIGTERM, SIGKILL])
    func interrupted(number: Int32) async throws {
        // A restart takes 20 seconds, so that the signal comes before its end.
        try await RehearsedGraph.with(Self.patient("v2"), pace: 0.1) { graph in
            let program = try graph.start(graph.confirmed)
            defer { program.signal(SIGKILL) }
            try await eventually("it is accepted") {
                program.text.contains("accepted as job")
            } lastSeen: {
                program.text
            }
            program.signal(number)
            let result = try await graph.end(program)
            if number == SIGTERM {
                #expect(result.status == 2, "\(result.text)")
                #expect(result.text.contains("its job is "), "\(result.text)")
            }
            let next = try await graph.rehearse(graph.arguments)
            #expect(next.status == 0, "\(next.text)")
            #expect(next.text.contains("none is sent"), "\(next.text)")
            #expect(graph.restarts == [graph.id: 1])
        }
    }
}
