import CycleFixtures
import Remediation
import Series
import Testing
import Time

@testable import Cycle

@Suite("A reload")
struct AdoptionTests {
    /// The current settings with a change.
    private func settings(_ change: (inout CycleSettings) -> Void) throws -> CycleSettings {
        var settings = try ScriptedWorld.settings(HangFixture.rules)
        change(&settings)
        return settings
    }

    /// A world whose hanging graph has been observed for ten minutes without permission to act.
    private func watched() throws -> ScriptedWorld {
        var world = try ScriptedWorld { $0.graphs[0].policy.mode = .shadow }
        world.graphs["g"]?.answers = false
        world.pass(.seconds(600))
        #expect(world.cycle.inventory.sightSince == ScriptedWorld.start + .seconds(30))
        return world
    }

    @Test("that keeps the vantage keeps all observations")
    func sameVantage() throws {
        var world = try watched()
        let series = world.cycle.series.seriesCount
        let new = try settings { $0.freshness = .seconds(50) }
        let ready = world.step(polls: false) { $0.settings = new }
        #expect(ready.status.settings?.freshness == .seconds(50))
        #expect(ready.status.inventory.sightSince == ScriptedWorld.start + .seconds(30))
        #expect(ready.status.alerts.count == 1)
        #expect(ready.status.storage.seriesCount == series)
        #expect(ready.afterDisk.map(\.kind) == ["restart"], "the new policy may act")
    }

    @Test("names the graphs whose mode it changes, also if it changes the route as well")
    func modeChanges() throws {
        for way in [[], ["8080"]] {
            var world = try watched()
            let new = try settings { settings in
                settings.graphs[0].policy.mode = .approve
                settings.vantage.way = way
            }
            let ready = world.step(polls: false) { $0.settings = new }
            let line = ready.log.first { $0.message == "The mode of a graph changed by a reload" }
            let fields = (line?.fields ?? []).map { "\($0.key)=\($0.value)" }
            #expect(
                fields == ["graph_id=g", "graph_name=name of g", "from=shadow", "to=approve"]
            )
        }
    }

    @Test("names at most a hundred graphs")
    func manyModeChanges() throws {
        var world = try ScriptedWorld((0..<130).map { "g\($0)" }) {
            $0.graphs[0].policy.mode = .shadow
        }
        world.step()
        let new = try settings { $0.graphs[0].policy.mode = .approve }
        let lines = world.step(polls: false) { $0.settings = new }.log
        #expect(lines.count { $0.message == "The mode of a graph changed by a reload" } == 100)
        let rest = lines.first {
            $0.message == "The mode of further graphs changed by a reload"
        }
        #expect(rest?.fields.map(\.value) == ["30"])
    }

    @Test(
        "that changes the cloud or the route restarts the observation",
        arguments: [
            Vantage(region: "r", projectID: "other", way: []),
            Vantage(region: "other", projectID: "p", way: []),
            Vantage(region: "r", projectID: "p", way: ["8080"]),
        ]
    )
    func otherVantage(vantage: Vantage) throws {
        var world = try watched()
        let new = try settings { $0.vantage = vantage }
        let ready = world.step(polls: false) { $0.settings = new }
        #expect(ready.status.inventory.entries.isEmpty)
        #expect(ready.status.inventory.sightSince == nil)
        #expect(ready.status.alerts.isEmpty)
        #expect(ready.status.samples.isEmpty)
        #expect(ready.status.storage.seriesCount == 0)
        #expect(ready.afterDisk.isEmpty)
        world.pass(.seconds(300))
        #expect(world.posts.isEmpty, "it has never answered there")
        world.graphs["g"]?.answers = true
        world.pass(.seconds(30))
        world.graphs["g"]?.answers = false
        world.pass(.seconds(180))
        #expect(world.posts == ["g"], "it also hangs as seen from there")
    }

    @Test("that changes the cloud uses no poll that started before it")
    func oldPolls() throws {
        var world = try watched()
        let new = try settings { $0.vantage.projectID = "other" }
        let old = world.poll()
        let ready = world.step {
            $0.settings = new; $0.readings = old
        }
        #expect(ready.status.work.readings == nil)
        #expect(ready.status.inventory.entries.isEmpty)
        let late = world.step(polls: false) { $0.readings = old }
        #expect(late.status.inventory.entries.isEmpty)
        #expect(world.step().status.inventory.sightSince == world.now)
    }

    @Test("to another project or region waits for the restarts in progress")
    func objections() throws {
        var world = try ScriptedWorld()
        let same = try settings { $0.retention = .seconds(7200) }
        let way = try settings { $0.vantage.way = ["8080"] }
        let project = try settings { $0.vantage.projectID = "other" }
        let region = try settings { $0.vantage.region = "other" }
        world.step()
        #expect([same, way, project, region].map(world.cycle.objection) == [nil, nil, nil, nil])
        world.graphs["g"]?.answers = false
        world.pass(.seconds(600)) { !$0.posts.isEmpty }
        let objection =
            "cloud: the project or region cannot change while restarts are in progress: g"
        #expect(
            [same, way, project, region].map(world.cycle.objection)
                == [nil, nil, objection, objection]
        )
        world.pass(.seconds(3600)) { $0.events.last == "disk: ending verified" }
        #expect(world.cycle.objection(to: project) == nil)
    }
}

@Suite("A reload that changes modes")
struct ModeChangeTests {
    private func lines(_ ready: Ready) -> [[String: String]] {
        ready.log.filter { $0.message.contains("mode") }.map { line in
            Dictionary(line.fields.map { ($0.key, $0.value) }) { first, _ in first }
        }
    }

    @Test("logs each graph that it touches, with its name and both modes")
    func logged() throws {
        var world = try ScriptedWorld(["a", "b"])
        world.step()
        var new = try ScriptedWorld.settings(HangFixture.rules)
        var shadow = try HangFixture.entry(matching: "a")
        shadow.policy.mode = .shadow
        new.graphs.insert(shadow, at: 0)
        let ready = world.step { $0.settings = new }
        #expect(
            lines(ready) == [
                ["graph_id": "a", "graph_name": "name of a", "from": "auto", "to": "shadow"]
            ]
        )
        #expect(lines(world.step { $0.settings = new }).isEmpty)
        new.graphs = []
        #expect(
            lines(world.step { $0.settings = new }).map { $0["to"] } == [
                "unselected", "unselected",
            ]
        )
    }

    @Test("of a large fleet logs a bounded number of lines")
    func bounded() throws {
        var world = try ScriptedWorld((0..<250).map { "g\($0)" })
        world.step()
        var new = try ScriptedWorld.settings(HangFixture.rules)
        new.graphs[0].policy.mode = .off
        let lines = lines(world.step { $0.settings = new })
        #expect(lines.count == 101)
        #expect(lines.last == ["graphs": "150"])
    }
}
