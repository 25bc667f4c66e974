import CycleFixtures
import Diagnosis
import Remediation
import Series
import Testing
import Time

@testable import Cycle

@Suite("A start of the agent")
struct StartTests {
    private static let since = ScriptedWorld.start - .seconds(5 * 3600)

    @Test(
        "keeps since when a graph has its status, unless the agent was down for long",
        arguments: [(10, true), (570, true), (571, false), (4 * 3600, false), (nil, false)]
            as [(Int64?, Bool)]
    )
    func statuses(downSeconds: Int64?, isKept: Bool) throws {
        let clock = downSeconds.map { seconds in
            ClockMoment(
                bootID: "earlier",
                elapsed: .seconds(50),
                wall: ScriptedWorld.start - .seconds(seconds)
            )
        }
        let memory = CycleMemory(
            statuses: [StatusMoment(graphID: "g", code: "200", since: Self.since)],
            clock: clock
        )
        var world = try ScriptedWorld(memory: memory)
        let ready = world.step()
        let shown = ready.status.samples.first { $0.metric == .statusChange }?.value
        #expect(shown == (isKept ? Self.since : world.now).seconds)
        // What is not believed does not stay on disk for the next start.
        let written = world.written.flatMap(\.savedStatuses)
        #expect(written.map(\.since) == (isKept ? [] : [world.now]))
        // It never makes the machine believe in more than this run has seen.
        #expect(ready.status.view.graphs[GraphID("g")]?.statusSince == world.now)
    }

    @Test("deletes from disk what it does not believe of graphs that are gone")
    func goneGraphs() throws {
        let clock = ClockMoment(
            bootID: "earlier",
            elapsed: .seconds(50),
            wall: ScriptedWorld.start - .seconds(3600)
        )
        let memory = CycleMemory(
            statuses: [StatusMoment(graphID: "gone", code: "200", since: Self.since)],
            clock: clock
        )
        var world = try ScriptedWorld(memory: memory)
        world.step()
        #expect(world.written.flatMap(\.removedStatuses) == ["gone"])
    }
}

@Suite("A graph that was out of sight")
struct BlindnessTests {
    /// A graph that does not answer and would be restarted at once if it had been seen throughout.
    private func world() throws -> ScriptedWorld {
        var world = try ScriptedWorld(["g", "h"]) { settings in
            settings.graphs[0].policy.stateChangeGrace = .seconds(600)
        }
        world.pass(.seconds(700))
        world.graphs["g"]?.answers = false
        return world
    }

    @Test("is left alone for the grace period, because its status may have changed meanwhile")
    func partialListings() throws {
        var control = try world()
        control.pass(.seconds(1500)) { !$0.posts.isEmpty }
        #expect(control.posts == ["g"])
        var world = try world()
        world.unlisted = ["g"]
        world.pass(.seconds(1200))
        #expect(world.posts.isEmpty)
        world.unlisted = []
        world.pass(.seconds(600))
        #expect(world.posts.isEmpty)
        world.pass(.seconds(600)) { !$0.posts.isEmpty }
        #expect(world.posts == ["g"])
    }

    @Test(
        "keeps its status time over a short outage only",
        arguments: [(570, true), (900, false)] as [(Int64, Bool)]
    )
    func outage(seconds: Int64, isKept: Bool) throws {
        var world = try world()
        func change(_ ready: Ready) -> Double? {
            ready.status.samples.first {
                $0.metric == .statusChange && $0.labelValues == ["h"]
            }?.value
        }
        let before = change(world.step())
        world.listingFailure = ReadingFailure(reason: "timeout", text: "no answer")
        world.pass(.seconds(seconds))
        world.listingFailure = nil
        let after = change(world.step())
        #expect(after == (isKept ? before : world.now.seconds))
        #expect(world.written.last?.savedStatuses.map(\.graphID).contains("h") == !isKept)
    }
}

@Suite("What people were asked or told before a start")
struct PreparationTests {
    @Test("stands until an evaluation has confirmed the alert", arguments: [Mode.approve, .auto])
    func kept(mode: Mode) throws {
        var world = try ScriptedWorld(["g", "h"]) { settings in
            settings.graphs[0].policy.mode = mode
            settings.graphs[0].policy.veto = [.unresponsive: .seconds(3600)]
        }
        world.pass(.seconds(120))
        world.graphs["g"]?.answers = false
        let label = mode == .approve ? "awaiting_approval" : "counting_down"
        func phase() -> Phase { world.cycle.machine.record(of: GraphID("g")).phase }
        world.pass(.seconds(600)) {
            $0.cycle.machine.record(of: GraphID("g")).phase.label == label
        }
        let before = phase()
        #expect(before.label == label)
        world.restartAgent()
        world.step(polls: false)
        world.pass(.seconds(300))
        #expect(phase() == before)
        #expect(!world.events.contains("log: released"))
        world.graphs["g"]?.answers = true
        world.pass(.seconds(300))
        #expect(phase() == .idle)
        #expect(world.events.contains("log: released"))
    }
}

@Suite("Restarts by others while the agent saw nothing")
struct UnseenRestartTests {
    private func restart(of id: String, at begin: Timestamp) -> FoundJob {
        FoundJob(
            id: "foreign",
            name: "RestartGraph",
            graphName: "name of \(id)",
            beganAt: begin,
            state: .succeeded
        )
    }

    @Test(
        "count as after a start: the job list is read anew",
        arguments: ["outage", "clock", "way"]
    )
    func cause(cause: String) throws {
        var world = try ScriptedWorld(["g", "h"])
        world.pass(.seconds(120))
        switch cause {
        case "outage":
            world.listingFailure = ReadingFailure(reason: "timeout", text: "no answer")
            world.pass(.seconds(1200))
            world.listingFailure = nil
        case "clock": world.setClock(by: .seconds(900))
        default:
            var settings = world.cycle.settings
            settings.vantage.way = ["other"]
            world.step(polls: false) { $0.settings = settings }
        }
        world.jobList = [restart(of: "g", at: world.now - .seconds(600))]
        world.pass(.seconds(60))
        world.graphs["g"]?.answers = false
        world.pass(.seconds(1800))
        #expect(world.posts.isEmpty)
        #expect(world.cycle.machine.decisions[GraphID("g")]?.holdReasons.first?.label == "cooldown")
        world.pass(.seconds(3600))
        #expect(world.posts == ["g"])
    }
}

@Suite("A job that waits for its turn")
struct WaitingJobTests {
    @Test("holds for as long as one that runs, counted from its first sight")
    func withoutBegin() throws {
        var world = try ScriptedWorld(["g", "h"])
        world.pass(.seconds(120))
        world.jobs = [
            RunningJob(id: "j", name: "RestartGraph", graphName: "name of g", beganAt: nil)
        ]
        world.step()
        world.graphs["g"]?.answers = false
        world.pass(.seconds(2 * 3600 + 1800))
        #expect(world.posts.isEmpty)
        world.pass(.seconds(3600))
        #expect(world.posts == ["g"])
    }
}

@Suite("The log about refused addresses")
struct RefusalLogTests {
    private func readings(_ graphs: [String: String?]) -> [GraphReading] {
        graphs.sorted { $0.key < $1.key }.map { id, refusal in
            var reading = GraphReading(graphID: id)
            reading.refusal = refusal
            return reading
        }
    }

    @Test("names each graph that is refused from now on, once")
    func refusals() {
        var reported = Reported()
        func lines(_ graphs: [String: String?]) -> [String] {
            reported.changes(to: readings(graphs), { "name of " + $0 }).map { line in
                ([line.message] + line.fields.map { "\($0.key)=\($0.value)" })
                    .joined(separator: " ")
            }
        }
        let text = "Graphs are not probed, because credentials must not be sent to their addresses"
        #expect(lines(["a": nil, "b": nil]) == [])
        #expect(
            lines(["a": "loopback", "b": nil]) == [
                text + " graphs=1 new=1 graph_id=a graph_name=name of a err=loopback"
            ]
        )
        #expect(lines(["a": "loopback", "b": nil]) == [])
        #expect(
            lines(["a": "loopback", "b": "link-local"])
                == [text + " graphs=2 new=1 graph_id=b graph_name=name of b err=link-local"]
        )
        #expect(lines(["a": nil, "b": "link-local"]) == [])
        #expect(lines(["a": nil, "b": nil]) == ["All graphs have usable addresses again"])
    }
}
