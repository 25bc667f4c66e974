import Diagnosis
import GESSimulator
import InProcessCloud
import JSON
import Logging
import Remediation
import Series
import Testing
import Time
import VirtualTime

@testable import Agent
@testable import GES

/// One graph of the simulated cloud whose engine an algorithm blocks, and the real client.
private struct Bench {
    let time = VirtualTime()
    let cloud: InProcessCloud
    let graphID: String
    let taskID: String

    init(edition: String = "InMemory", taskType: String = "Algorithm") throws {
        cloud = InProcessCloud(time: time)
        let made = cloud.withCloud { cloud, now in
            let id = cloud.addGraph(name: "orders", productType: edition, at: now)
            let members = [
                JSONMember("task", .string(taskType)),
                JSONMember("answers", .array(["show_version", "list_tasks", "cancel_task"])),
            ]
            let problem = id.flatMap { cloud.control("hang", graph: $0, members, at: now) }
            return (id, problem, id.flatMap { cloud.graph($0)?.runningTasks(at: now).first?.id })
        }
        #expect(made.1 == nil)
        graphID = try #require(made.0)
        taskID = try #require(made.2)
    }

    func intent(_ action: GraphAction, task: String? = nil) -> Intent {
        let now = Timestamp(milliseconds: time.wallMilliseconds)
        var intent = Intent(
            request: RestartRequest(
                graphID: GraphID(graphID),
                hangClass: .unresponsive,
                alertname: "A",
                reason: "r",
                activeAt: now
            ),
            graphName: "orders",
            attempt: 1,
            createdAt: now,
            action: action,
            task: action == .cancel
                ? CancellableTask(id: task ?? taskID, kind: .algorithm, startedAt: now) : nil
        )
        intent.signs = ["summary"]
        return intent
    }

    /// Performs the effect with the real client; returns the outcome.
    func perform(_ intent: Intent) async throws -> RestartOutcome? {
        let inbox = Inbox()
        let performer = Performer(
            cloud: try cloud.client(credentials: cloud.passwordCredentials, apiVersion: .v2),
            dataPlane: cloud.dataPlane(),
            policy: { _ in Policy() },
            inbox: inbox,
            stop: StopSignal(),
            now: { [time] in Timestamp(milliseconds: time.wallMilliseconds) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        await performer.perform(Effect(sending: intent))
        guard case .outcome(_, let outcome, _)? = inbox.take().reports.first else { return nil }
        return outcome
    }

    func fault(_ operation: GESSimulator.Operation, _ fault: Fault) {
        cloud.withCloud { cloud, _ in
            _ = cloud.faults.schedule(
                ScheduledFault(fault, on: FaultMatch(operation: operation))
            )
        }
    }

    /// The requests that change a graph, as received.
    var sent: [String] {
        cloud.withCloud { cloud, _ in
            cloud.log.otherActions.map(\.operation.rawValue)
                + cloud.log.restartTimes.map { _ in "restart_graph" }
        }
    }

    var status: String {
        cloud.withCloud { cloud, now in cloud.graph(graphID)?.status(at: now).rawValue ?? "" }
    }
}

@Suite("The performer on a ladder")
struct LadderPerformerTests {
    /// What came of a request, and what the cloud received.
    private func run(
        _ action: GraphAction,
        edition: String = "InMemory",
        taskType: String = "Algorithm",
        task: String? = nil,
        prepare: @escaping @Sendable (Bench) async throws -> Void = { _ in }
    ) throws -> (label: String, sent: [String], status: String) {
        let bench = try Bench(edition: edition, taskType: taskType)
        return try bench.time.run {
            try await prepare(bench)
            let outcome = try await bench.perform(bench.intent(action, task: task))
            return (outcome?.label ?? "none", bench.sent, bench.status)
        }
    }

    @Test("cancels the named task with one DELETE, which ends the hang that it causes")
    func cancel() throws {
        let bench = try Bench()
        try bench.time.run {
            let outcome = try await bench.perform(bench.intent(.cancel))
            #expect(outcome == .accepted(jobID: nil))
            #expect(bench.sent == ["cancel_task"])
            bench.cloud.withCloud { cloud, now in
                #expect(cloud.graph(bench.graphID)?.hangClass(at: now) == nil)
                let record = cloud.log.records(of: .cancelTask).first
                #expect(record?.method == "DELETE")
                #expect(record?.path.hasSuffix("/graphs/orders/jobs/\(bench.taskID)") == true)
            }
        }
    }

    @Test("sends no cancel of a task that is gone or cannot be cancelled")
    func needlessCancel() throws {
        #expect(try run(.cancel, task: "99") == ("not_sent", [], "200"))
        #expect(try run(.cancel, taskType: "ImportGraph") == ("not_sent", [], "200"))
    }

    @Test("sends no cancel if the tasks cannot be read, or the graph answers")
    func doubtfulCancel() throws {
        let unread = try run(.cancel) { $0.fault(.listTasks, .html(status: 502)) }
        #expect(unread == ("not_sent", [], "200"))
        let healed = try run(.cancel) { bench in
            bench.cloud.withCloud { cloud, now in _ = cloud.heal(bench.graphID, at: now) }
        }
        #expect(healed == ("not_sent", [], "200"))
    }

    @Test(
        "reports what becomes of a cancel, which it never repeats",
        arguments: [
            (Fault.cut(afterBytes: 1), "unknown"), (.drop, "unknown"), (.hang, "unknown"),
            (.html(status: 502), "unknown"), (.throttled(nil), "throttled"),
            (
                .error(
                    ServiceError(status: 400, code: "GES.8303", message: "Unsupported Operation")
                ), "refused"
            ),
            (.error(ServiceError(status: 403, code: "APIGW.0302", message: "no")), "unauthorised"),
        ]
    )
    func cancelFails(fault: Fault, label: String) throws {
        let result = try run(.cancel) { $0.fault(.cancelTask, fault) }
        #expect(result.label == label)
        #expect(result.sent == ["cancel_task"])
    }

    @Test("stops a running graph and starts a stopped one, each with one POST")
    func stopAndStart() throws {
        let bench = try Bench()
        try bench.time.run {
            #expect(try await bench.perform(bench.intent(.stop))?.label == "accepted")
            // Not before the status is read.
            #expect(try await bench.perform(bench.intent(.start))?.label == "not_sent")
            try await bench.time.sleep(for: .seconds(300))
            #expect(bench.status == "900")
            #expect(try await bench.perform(bench.intent(.start))?.label == "accepted")
            #expect(bench.sent == ["stop_graph", "start_graph"])
            try await bench.time.sleep(for: .seconds(600))
            #expect(bench.status == "200")
        }
    }

    @Test("never stops or starts the database edition", arguments: [GraphAction.stop, .start])
    func edition(action: GraphAction) throws {
        let result = try run(action, edition: "Persistence") { bench in
            if action == .start {
                bench.cloud.withCloud { cloud, now in
                    _ = cloud.setStatus(
                        bench.graphID,
                        SimulatedGraph.Status(rawValue: "900"),
                        at: now
                    )
                }
            }
        }
        #expect(result.label == "not_sent")
        #expect(result.sent == [])
    }

    @Test(
        "reports what becomes of a stop, which it never repeats",
        arguments: [
            (Fault.cut(afterBytes: 1), "unknown"), (.html(status: 504), "unknown"),
            (
                .error(
                    ServiceError(
                        status: 400,
                        code: "GES.7001",
                        message: "The graph is not running."
                    )
                ), "refused"
            ),
            (.throttled(nil), "throttled"),
        ]
    )
    func stopFails(fault: Fault, label: String) throws {
        let result = try run(.stop) { $0.fault(.stopGraph, fault) }
        #expect(result.label == label)
        #expect(result.sent == ["stop_graph"])
    }
}
