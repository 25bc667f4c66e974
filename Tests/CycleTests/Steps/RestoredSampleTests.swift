import Coordination
import CycleFixtures
import Remediation
import Rules
import Series
import Testing
import Time

@testable import Cycle

@Suite("A start with the samples of an earlier process")
struct RestoredSampleTests {
    private static let rules = """
        groups:
          - name: hang
            rules:
              - alert: GraphHung
                expr: avg_over_time(ges_graph_probe_success[10m]) < 0.5
                for: 1m
                labels: {remediate: restart}
              - alert: Missing
                expr: absent(ges_graph_probe_success{graph_id="g"})
              - alert: Rare
                expr: count_over_time(ges_graph_probe_success[30m]) < 20
              - alert: Blind
                expr: max_over_time(ges_up[10m]) == 0
              - {record: recorded, expr: ges_up}
              - alert: Recorded
                expr: count_over_time(recorded[30m]) > 20
              - alert: Always
                expr: count_over_time(ALERTS{alertname="GraphHung",alertstate="firing"}[30m]) > 20
        """

    /// A world in which `g` does not answer, its alert fires, and only the start-up grace has held
    /// the restart. From now on nothing but the alert does.
    private func world(afterMinutes minutes: Int = 40) throws -> ScriptedWorld {
        var world = try ScriptedWorld(["g", "h"], rules: Self.rules) { settings in
            settings.graphs[0].policy.startupGrace = .seconds(86_400)
            settings.defaultPolicy.startupGrace = .seconds(86_400)
        }
        world.pass(.seconds(120))
        world.graphs["g"]?.answers = false
        world.pass(.seconds(60 * minutes))
        #expect(world.posts.isEmpty && world.state("GraphHung") == "firing true")
        world.cycle.settings.graphs[0].policy.startupGrace = .zero
        world.cycle.settings.defaultPolicy.startupGrace = .zero
        return world
    }

    /// Two worlds after a restart, with and without samples.
    private func twins(
        after downtime: Duration = .seconds(60)
    ) throws -> (with: ScriptedWorld, without: ScriptedWorld) {
        var (with, without) = (try world(), try world())
        with.restartAgent(after: downtime, keepsSamples: true)
        without.restartAgent(after: downtime)
        #expect(!with.cycle.restored.isEmpty && without.cycle.restored.isEmpty)
        return (with, without)
    }

    @Test("before it has read anything is a start without them", arguments: [false, true])
    func nothingRead(polls: Bool) throws {
        var (with, without) = try twins()
        func step(_ world: inout ScriptedWorld) {
            world.listingFailure = ReadingFailure(reason: "timeout", text: "no answer")
            world.step(polls: polls) { $0.readings?.graphs = [] }
        }
        for index in 0..<60 {
            step(&with)
            step(&without)
            #expect(with.alerts == without.alerts, "step \(index)")
            // The window of the rule is ten minutes.
            if index < 20 { #expect(with.state("GraphHung") == "firing false") }
            #expect(with.state("GraphHung") != "firing true")
        }
        if polls { #expect(with.state("Blind") == "firing true") }
        #expect(with.posts.isEmpty && with.events == without.events)
        #expect(with.cycle.restored.seriesCount > 0)
        #expect(with.cycle.series.seriesCount == without.cycle.series.seriesCount)
    }

    @Test("gives the windows of rules their samples with the first poll")
    func asLive() throws {
        var live = try world()
        let (with, without) = try twins()
        var worlds = [with, without]
        // The first evaluation comes with the second poll at the latest.
        live.step(after: .seconds(90))
        live.step()
        for index in worlds.indices {
            worlds[index].step()
            worlds[index].step()
        }
        #expect(live.state("GraphHung") == "firing true")
        #expect(worlds.map { $0.state("GraphHung") } == ["firing true", "firing true"])
        // Without samples of before, one of `h` is rare.
        #expect(live.state("Rare") == nil)
        #expect(worlds.map { $0.state("Rare") } == [nil, "firing true"])
        #expect(worlds[0].samples("g") == live.samples("g") && worlds[1].samples("g").count == 2)
        #expect(worlds.map { $0.state("Missing") } == [nil, nil])
    }

    @Test("does not believe that a graph hangs because it did")
    func recovered() throws {
        var (with, without) = try twins()
        for index in 0..<2 {
            var world = index == 0 ? with : without
            world.graphs["g"]?.answers = true
            world.pass(.seconds(3600))
            #expect(world.posts.isEmpty && world.state("GraphHung") == nil)
            if index == 0 { with = world } else { without = world }
        }
    }

    @Test("holds its restarts for as long as any other start")
    func grace() throws {
        for keepsSamples in [false, true] {
            var world = try world()
            world.cycle.settings.graphs[0].policy.startupGrace = .seconds(1200)
            world.cycle.settings.defaultPolicy.startupGrace = .seconds(1200)
            world.restartAgent(after: .seconds(60), keepsSamples: keepsSamples)
            world.pass(.seconds(1170))
            #expect(world.posts.isEmpty)
            world.pass(.seconds(300))
            #expect(world.posts == ["g"])
        }
    }

    @Test("takes no series that a rule writes, none that comes late and none that no rule reads")
    func restorable() throws {
        let isOfUse = try world().cycle.restorableSeries()
        func labels(_ name: String) -> Labels { ["__name__": name, "graph_id": "g"] }
        #expect(isOfUse(labels("ges_graph_probe_success")))
        for name in ["recorded", "ALERTS", "ALERTS_FOR_STATE", "ges_graph_tasks", "x", ""] {
            #expect(!isOfUse(labels(name)), "\(name)")
        }
        var world = try ScriptedWorld(
            rules: """
                groups:
                  - name: g
                    rules:
                      - {record: ges_graph_tasks, expr: ges_graph_cpu_used_ratio}
                      - {alert: A, expr: ges_graph_tasks > 1}
                """
        )
        world.step()
        let other = world.cycle.restorableSeries()
        #expect(!other(labels("ges_graph_tasks")) && !other(labels("ges_graph_cpu_used_ratio")))
    }

    @Test("forgets graphs that are gone with the first complete listing")
    func gone() throws {
        var world = try world()
        world.restartAgent(keepsSamples: true)
        let all = world.cycle.restored.seriesCount
        world.graphs["g"] = nil
        world.unlisted = ["h"]
        world.step()
        // What the listing lacks may be there.
        #expect(world.cycle.restored.seriesCount == all - 1, "only whether the cloud answers")
        world.unlisted = []
        world.step()
        #expect(world.cycle.restored.isEmpty)
        world.graphs["g"] = ScriptedWorld.Graph()
        world.step()
        #expect(world.samples("g").count == 1 && world.samples("h").count > 20)
    }

    @Test("forgets graphs that another agent watches, and does not get them back with the graph")
    func foreign() throws {
        for isForeign in [false, true] {
            var world = try world()
            world.restartAgent(keepsSamples: true)
            let foreign = try DividedWatchCycleTests.share(isForeign: isForeign)
            let own = try DividedWatchCycleTests.share(isForeign: false)
            world.step { $0.readings?.share = foreign }
            #expect(world.samples("g").isEmpty == isForeign)
            world.step { $0.readings?.share = own }
            #expect(world.samples("g").count == (isForeign ? 1 : 86), "\(isForeign)")
        }
    }

    @Test(
        "has none if the clock was set or the cloud is another one",
        arguments: ["before", "clock", "way"]
    )
    func otherWorld(cause: String) throws {
        var world = try world()
        if cause == "before" { world.setClock(by: .seconds(3600)) }
        world.restartAgent(keepsSamples: true)
        #expect(world.cycle.restored.isEmpty == (cause == "before"))
        if cause == "clock" { world.setClock(by: .seconds(-900)) }
        var settings = world.cycle.settings
        settings.vantage.way = ["other"]
        world.step { if cause == "way" { $0.settings = settings } }
        world.step()
        #expect(world.cycle.restored.isEmpty && world.cycle.rules.restoredThrough == nil)
        #expect(world.samples("g").count <= 2)
    }

    @Test("trusts its clock with what is old only once the gateway has confirmed it")
    func confirmedClock() throws {
        var world = try ScriptedWorld(rules: Self.rules)
        func isConfirmed(_ offset: Duration?) -> Bool {
            world.step { $0.readings?.gatewayClockOffset = offset }
            return world.cycle.isClockConfirmed
        }
        #expect(!isConfirmed(nil))
        #expect(isConfirmed(.seconds(1)) && isConfirmed(nil))
        #expect(!isConfirmed(.seconds(-86_400)))
        #expect(isConfirmed(.zero))
        world.setClock(by: .seconds(3_600))
        #expect(!isConfirmed(nil))
    }

    @Test("forgets what no window reaches any more")
    func old() throws {
        var world = try world()
        world.restartAgent(keepsSamples: true)
        world.listingFailure = ReadingFailure(reason: "timeout", text: "no answer")
        for _ in 0..<130 { world.step { $0.readings?.graphs = [] } }
        #expect(world.cycle.restored.isEmpty)
    }
}

extension ScriptedWorld {
    /// The state of the only alert of a rule, and whether it is confirmed; nil if there is none.
    fileprivate func state(_ rule: String) -> String? {
        let alerts = cycle.rules.activeAlerts.filter { $0.ruleName == rule }
        return alerts.first.map { "\($0.state.name) \($0.isConfirmed)" }
    }

    /// All that is known of the alerts.
    fileprivate var alerts: [ActiveAlert] { cycle.rules.activeAlerts }

    /// The samples of whether a graph answers.
    fileprivate func samples(_ id: String) -> [Sample] {
        let matchers = [
            LabelMatcher(name: "__name__", .equal("ges_graph_probe_success")),
            LabelMatcher(name: "graph_id", .equal(id)),
        ]
        var samples: [Sample] = []
        for series in cycle.series.select(matchers) {
            cycle.series.appendSamples(
                of: series,
                after: now - .seconds(3000),
                through: now,
                to: &samples
            )
        }
        return samples
    }
}
