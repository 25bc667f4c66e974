import CycleFixtures
import Diagnosis
import Remediation
import Testing
import Time

@testable import Cycle

@Suite("The record of an incident")
struct IncidentTests {
    @Test("tells from the first sign to the verified end, on disk step by step")
    func restart() throws {
        var world = try ScriptedWorld(["g", "other"]) { settings in
            settings.graphs[0].policy.evidenceTimeout = .seconds(60)
        }
        world.pass(.seconds(300))
        world.graphs["g"]?.answers = false
        world.pass(.seconds(420)) { !$0.posts.isEmpty }
        world.step { input in
            input.notes = [
                .answer(GraphID("g"), "200 {\"job_id\":\"job-1\"}", at: input.clock.wall),
                .tasks(
                    GraphID("g"),
                    [Self.task("t1"), Self.task("t2")],
                    omitted: 3,
                    at: input.clock.wall
                ),
            ]
        }
        world.pass(.seconds(1800))
        let record = try #require(world.incidents["g"])
        #expect(world.incidents.count == 1)
        #expect(record.outcome == "verified")
        #expect(record.endedAt != nil)
        #expect(!record.isShadow)
        #expect(record.jobID == "job-1")
        #expect(record.intentIDs.count == 1)
        #expect(world.tasks(of: record).map(\.id) == ["t1", "t2"])
        #expect(record.taskCount == 2)
        #expect(record.omittedTasks == 3)
        #expect(record.diagnosis?.verdict == "healthy")
        #expect(record.parts.map(\.name) == ["seen", "decided", "restarted", "verified"])
        #expect(record.decision?.course == .sent)
        #expect(record.decision?.judgement?.reason == .verified)
        #expect(record.timeToRepair == record.parts.reduce(.zero) { $0 + $1.duration })
        let kinds = world.timeLine(of: record).map(\.kind)
        #expect(kinds.first == "firstSign")
        #expect(kinds.last == "closed")
        let order = [
            "firstSign", "alertPending", "alertFiring", "verdict", "intended", "answer", "outcome",
            "job", "recovery", "verifying", "ended", "closed",
        ]
        #expect(kinds.contains(order), "\(kinds)")
        #expect(world.timeLine(of: record).map(\.position) == Array(1...kinds.count))
        let statuses = world.timeLine(of: record).filter { $0.kind == "status" }.map(\.text)
        #expect(statuses == ["200", "from 200 to 901", "from 901 to 920", "from 920 to 200"])
    }

    @Test("is kept of what shadow mode would have restarted, with the gates")
    func shadow() throws {
        var world = try ScriptedWorld(["g", "other"]) { $0.graphs[0].policy.mode = .shadow }
        world.pass(.seconds(300))
        world.graphs["g"]?.answers = false
        world.pass(.seconds(900))
        let open = try #require(world.incidents["g"])
        #expect(open.isShadow)
        #expect(open.endedAt == nil)
        #expect(open.gates.filter { !$0.isOpen }.map(\.gate) == ["shadow"])
        world.graphs["g"]?.answers = true
        world.pass(.seconds(900))
        let record = try #require(world.incidents["g"])
        #expect(record.outcome == "recoveredAlone")
        #expect(record.milestones.recoveredAt != nil)
        #expect(record.milestones.decidedAt == nil)
        #expect(world.posts.isEmpty)
        #expect(open.decision?.course == .shadow && open.decision?.outcome == nil)
        #expect(open.decision?.incidentIDs == [open.id])
        #expect(record.decision?.judgement?.reason == .recoveredAlone)
        let noted = world.timeLine(of: record).filter { $0.kind == "decision" }.map(\.text)
        #expect(noted.count == 1 && noted[0].contains(": wrong: it came back alone"))
    }

    @Test("is repeated with the next write when the disk refuses one")
    func refusedWrite() throws {
        var world = try ScriptedWorld(["g", "other"]) { $0.graphs[0].policy.mode = .shadow }
        world.pass(.seconds(300))
        world.graphs["g"]?.answers = false
        world.refusal = { $0.incidents.isEmpty ? nil : "disk full" }
        world.pass(.seconds(900))
        #expect(world.incidents.isEmpty)
        world.refusal = { _ in nil }
        world.pass(.seconds(60))
        let record = try #require(world.incidents["g"])
        #expect(world.timeLine(of: record).map(\.position) == Array(1...record.eventCount))
    }

    @Test("is not begun for an alert that is pending or ends before it fires")
    func pending() throws {
        var world = try ScriptedWorld(["g", "other"])
        world.pass(.seconds(300))
        world.graphs["g"]?.answers = false
        world.pass(.seconds(60))
        world.graphs["g"]?.answers = true
        world.pass(.seconds(900))
        #expect(world.incidents.isEmpty)
    }

    @Test("of a storm is spread over steps, and leaves out no graph")
    func storm() throws {
        let graphs = (0..<450).map { "g\($0)" }
        var world = try ScriptedWorld(graphs) { $0.graphs[0].policy.mode = .shadow }
        world.pass(.seconds(300))
        for id in graphs { world.graphs[id]?.answers = false }
        world.pass(.seconds(1200))
        #expect(world.incidents.count == graphs.count)
        for id in graphs { world.graphs[id]?.answers = true }
        world.pass(.seconds(1800))
        #expect(world.incidents.values.allSatisfy { $0.endedAt != nil })
        #expect(world.cycle.incidents.open.isEmpty)
        for record in world.incidents.values {
            let positions = world.timeLine(of: record).map(\.position)
            #expect(positions == Array(1...record.eventCount))
        }
        let largest = world.written.map(\.incidents.records.count).max() ?? 0
        #expect(largest <= 3 * IncidentBook.changedPerStep)
    }

    private static func task(_ id: String) -> IncidentRecord.InterruptedTask {
        IncidentRecord.InterruptedTask(
            id: id,
            type: "Algorithm",
            state: "running",
            progressRatio: 0.5,
            startedAt: nil,
            request: "{}",
            notedAt: ScriptedWorld.start
        )
    }
}

extension [String] {
    /// Whether the words appear in this order, among others.
    fileprivate func contains(_ words: [String]) -> Bool {
        var rest = words[...]
        for element in self where element == rest.first { rest.removeFirst() }
        return rest.isEmpty
    }
}
