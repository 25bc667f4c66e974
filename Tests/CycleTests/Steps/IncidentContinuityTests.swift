import CycleFixtures
import Remediation
import Testing
import Time

@testable import Cycle

@Suite("The record of an incident goes on")
struct IncidentContinuityTests {
    private static func hung(
        _ change: (inout CycleSettings) -> Void = { _ in }
    ) throws -> ScriptedWorld {
        var world = try ScriptedWorld(["g", "other"], settings: change)
        world.graphs["g"]?.size = GraphReading.Size(vertices: 146, edges: 1659)
        world.pass(.seconds(300))
        world.graphs["g"]?.answers = false
        return world
    }

    @Test("across a crash of the agent after any step, as the same incident", arguments: 1...40)
    func crash(steps: Int) throws {
        var world = try Self.hung()
        for _ in 0..<steps { world.step() }
        world.restartAgent { [open = world.openIncidents] in $0.incidents = open }
        world.pass(.seconds(3600))
        let records = Set(world.written.flatMap(\.incidents.records).map(\.id))
        #expect(records.count == 1)
        let record = try #require(world.incidents["g"])
        #expect(record.outcome == "verified")
        #expect(record.endedAt != nil)
        #expect(record.parts.map(\.name) == ["seen", "decided", "restarted", "verified"])
        let positions = world.timeLine(of: record).map(\.position)
        #expect(positions == Array(1...record.eventCount))
    }

    @Test(
        "though the clock is set, with the durations that passed",
        arguments: [-86_400, -600, 600, 86_400 * 365],
        [4, 12, 18, 24]
    )
    func clock(jump: Int, steps: Int) throws {
        var plain = try Self.hung()
        plain.pass(.seconds(7200))
        var world = try Self.hung()
        for _ in 0..<steps { world.step() }
        world.setClock(by: .seconds(jump))
        world.pass(.seconds(7200))
        let expected = try #require(plain.incidents["g"])
        let record = try #require(world.incidents["g"])
        #expect(record.outcome == "verified")
        #expect(record.endedAt != nil)
        // After a jump the agent observes again before it acts.
        let longest = try #require(expected.timeToRepair) + .seconds(1800)
        let taken = try #require(record.timeToRepair)
        #expect(taken >= .seconds(60) && taken <= longest, "\(record.parts)")
        #expect(record.parts.allSatisfy { $0.duration >= .zero && $0.duration <= longest })
    }

    @Test("without an end, in a bounded time line that has what was done")
    func endless() throws {
        var world = try Self.hung { $0.graphs[0].policy.mode = .shadow }
        for round in 0..<400 {
            world.graphs["g"]?.probes = round % 2 == 0 ? ["version"] : ["version", "summary"]
            world.graphs["g"]?.status = round % 3 == 0 ? "202" : "200"
            world.pass(.seconds(300))
        }
        let record = try #require(world.incidents["g"])
        #expect(record.eventCount <= IncidentBook.maximumEvents)
        world.graphs["g"] = ScriptedWorld.Graph()
        world.pass(.seconds(3600))
        let last = try #require(world.incidents["g"])
        #expect(last.endedAt != nil)
        #expect(world.timeLine(of: last).last?.kind == "closed")
    }

    @Test("with what the graph told last: its tasks and its size before and after")
    func lastWords() throws {
        var world = try ScriptedWorld(["g", "other"])
        var task = GraphReading.DataPlaneTask(id: "t1", type: "Algorithm", state: .running)
        task.request = #"{"algorithmName":"pagerank"}"#
        world.graphs["g"]?.tasks = [task]
        world.graphs["g"]?.size = GraphReading.Size(vertices: 146, edges: 1659)
        world.pass(.seconds(300))
        world.graphs["g"]?.answers = false
        world.pass(.seconds(420)) { !$0.posts.isEmpty }
        world.graphs["g"]?.tasks = []
        world.graphs["g"]?.size = GraphReading.Size(vertices: 146, edges: 1600)
        world.pass(.seconds(1800))
        let record = try #require(world.incidents["g"])
        #expect(record.outcome == "verified")
        #expect(world.tasks(of: record).map(\.request) == [task.request])
        #expect(record.sizeBefore?.edges == 1659)
        #expect(record.sizeAfter?.edges == 1600)
        let texts = world.timeLine(of: record)
        #expect(
            texts.contains { $0.kind == "tasks" && $0.text.contains("when the graph last told") }
        )
        #expect(
            texts.last { $0.kind == "size" }?.text
                == "after the restart: 146 vertices, 1600 edges; before: 146 vertices, 1659 edges"
        )
    }
}
