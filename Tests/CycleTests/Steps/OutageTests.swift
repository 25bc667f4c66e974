import CycleFixtures
import Rules
import Series
import Testing
import Time

@testable import Cycle

private let rules = """
    groups:
      - name: outage
        rules:
          - alert: NotSampled
            expr: time() - ges_graph_last_sample_timestamp_seconds > 90
          - alert: GraphsRunning
            expr: sum(ges_graphs{phase="running"}) >= 2
    """

@Suite("While the graphs cannot be listed")
struct OutageTests {
    private func firing(_ ready: Ready) -> Set<String> {
        Set(ready.status.alerts.map { "\($0.labels["alertname"]) \($0.labels["graph_id"])" })
    }

    @Test("rules see the age of the newest sample, and no longer see states and counts")
    func outage() throws {
        var world = try ScriptedWorld(["a", "b"], rules: rules)
        // The evaluation that is due between two polls sees the samples of the first.
        world.step()
        #expect(firing(world.step()) == ["GraphsRunning "])
        world.listingFailure = ReadingFailure(reason: "timeout", text: "no answer")
        world.step()
        var ready = world.step()
        #expect(firing(ready).isEmpty)
        for _ in 0..<3 { ready = world.step() }
        #expect(firing(ready) == ["NotSampled a", "NotSampled b"])
        let exposed = Set(ready.status.samples.map(\.metric))
        #expect(
            exposed == [
                .up, .lastSample, .probeSuccess, .probeOutcome, .probeDuration, .pathInfo, .pathUp,
            ]
        )
        world.listingFailure = nil
        world.step()
        #expect(firing(world.step()) == ["GraphsRunning "])
    }

    @Test("a graph that was deleted meanwhile is forgotten with the next complete listing")
    func deleted() throws {
        var world = try ScriptedWorld(["a", "b"], rules: rules)
        world.step()
        world.listingFailure = ReadingFailure(reason: "timeout", text: "no answer")
        world.pass(.seconds(180))
        world.graphs["a"] = nil
        world.listingFailure = nil
        world.step()
        let ready = world.step()
        #expect(firing(ready).isEmpty)
        #expect(!ready.status.samples.contains { $0.labelValues.first == "a" })
    }
}

@Suite("The reach of probes")
struct ReachTests {
    /// A world whose probes fail with a reason before they reach a graph.
    private func step(
        _ world: inout ScriptedWorld,
        _ outcome: ProbeOutcome
    ) -> Ready {
        var poll = world.poll()
        for graph in poll.graphs.indices {
            for probe in poll.graphs[graph].probes.indices {
                poll.graphs[graph].probes[probe] = GraphReading.Probe(
                    kind: "version",
                    outcome: outcome
                )
            }
        }
        poll.at = world.now + .seconds(30)
        return world.step { $0.readings = poll }
    }

    @Test("is warned of once, after the first poll in which no probe got through")
    func warned() throws {
        var world = try ScriptedWorld()
        let refused = ReadingsFixture.refused
        let first = step(&world, refused)
        let warning = first.log.filter { $0.level == .warning }.map(\.message)
        #expect(warning.count == 1 && warning[0].contains("(connect)"), "\(first.log)")
        #expect(first.status.inventory.reach == .none(reason: "connect"))
        let second = step(&world, ReadingsFixture.notProbed("address")).log
        #expect(second.filter { !$0.message.hasPrefix("The self-test") }.isEmpty)
        let reached = step(&world, ReadingsFixture.silent)
        #expect(reached.log.map(\.message) == ["A probe has reached a graph"])
        #expect(reached.status.inventory.reach == .proved)
        #expect(step(&world, refused).status.inventory.reach == .proved)
    }

    @Test("is unknown while no graph is probed")
    func untried() throws {
        var world = try ScriptedWorld()
        world.graphs["g"]?.status = "900"
        let ready = world.step()
        #expect(ready.status.inventory.reach == .untried)
        #expect(ready.log.allSatisfy { $0.level == .info })
    }
}
