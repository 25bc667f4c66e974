import CycleFixtures
import Diagnosis
import Remediation
import Series
import Testing
import Time
import TimeIntervals

@testable import Cycle

/// So many that two hung ones are no storm.
private let fleet = ["g", "h", "i", "j", "k"]

private let observe = HangFixture.policy.diagnosis.observe

/// The world starts at 10:00 UTC.
private func maintenanceWindow(_ from: Int, _ to: Int, id: String = "g") throws -> MaintenanceWindow
{
    var interval = CalendarInterval()
    interval.times = [600 + from..<600 + to]
    return MaintenanceWindow(
        name: "window",
        scope: try HangFixture.entry(matching: id).match,
        calendar: CalendarIntervals([interval])
    )
}

@Suite("A maintenance window")
struct MaintenanceHoldTests {
    @Test("holds the graphs of its scope until it has closed and they were observed afresh")
    func scope() throws {
        let window = try maintenanceWindow(5, 40)
        var world = try ScriptedWorld(fleet) { $0.maintenance = [window] }
        world.pass(.seconds(300))
        world.graphs["g"]?.answers = false
        world.graphs["h"]?.answers = false
        world.pass(.seconds(1800))
        #expect(world.posts == ["h"])
        let held = world.cycle.machine.decisions[GraphID("g")]?.holdReasons.map(\.label)
        #expect(held == ["maintenance"])
        world.pass(.seconds(300) + observe - .seconds(30))
        #expect(world.posts == ["h"])
        #expect(world.elapsed == .seconds(2400) + observe - .seconds(30))
        world.pass(.seconds(120))
        #expect(world.posts == ["h", "g"])
    }

    @Test("lets a restart in progress go on")
    func inProgress() throws {
        let window = try maintenanceWindow(9, 60)
        var world = try ScriptedWorld { $0.maintenance = [window] }
        world.pass(.seconds(300))
        world.graphs["g"]?.answers = false
        world.pass(.seconds(240))
        #expect(world.posts == ["g"])
        world.pass(.seconds(600))
        #expect(world.events.contains("disk: ending verified"))
    }

    @Test("is told when it opens and closes, once each")
    func log() throws {
        let window = try maintenanceWindow(5, 10)
        var world = try ScriptedWorld { $0.maintenance = [window] }
        var lines: [String] = []
        var states: [Bool] = []
        for _ in 0..<40 {
            let ready = world.step()
            lines += ready.log.filter { $0.message.contains("aintenance") }.map(\.message)
            states += ready.status.maintenance.map(\.isOpen)
        }
        #expect(lines.count == 2)
        #expect(states.count { $0 } == 10)
    }

    enum Change: CaseIterable, Sendable {
        case removed, renamed, closedNow, otherScope, none
    }

    @Test(
        "that a reload ends is followed by a fresh observation, as if it had closed",
        arguments: Change.allCases
    )
    func reload(change: Change) throws {
        let window = try maintenanceWindow(0, 600)
        var world = try ScriptedWorld(fleet) { $0.maintenance = [window] }
        world.pass(.seconds(300))
        world.graphs["g"]?.answers = false
        world.pass(.seconds(600))
        #expect(world.posts.isEmpty)
        var settings = world.cycle.settings
        switch change {
        case .removed: settings.maintenance = []
        case .renamed: settings.maintenance[0].name = "other"
        case .closedNow: settings.maintenance = [try maintenanceWindow(600, 660)]
        case .otherScope: settings.maintenance = [try maintenanceWindow(0, 600, id: "h")]
        case .none: break
        }
        // A second reload does not shorten it.
        for _ in 0..<2 { world.step { $0.settings = settings } }
        let reasons = world.cycle.machine.decisions[GraphID("g")]?.holdReasons
        #expect(reasons?.map(\.label) == ["maintenance"])
        let isOpen = [.renamed, .none].contains(change)
        #expect(reasons?.first?.description.contains("closed at") == !isOpen)
        world.pass(observe - .seconds(90))
        #expect(world.posts.isEmpty)
        world.pass(.seconds(180))
        #expect(world.posts == (isOpen ? [] : ["g"]))
        #expect(world.cycle.removedWindows.isEmpty)
    }

    @Test("that has just closed is observed afresh even if a reload removes it")
    func removedAfterClosing() throws {
        let window = try maintenanceWindow(5, 15)
        var world = try ScriptedWorld(fleet) { $0.maintenance = [window] }
        world.pass(.seconds(300))
        world.graphs["g"]?.answers = false
        world.pass(.seconds(630))
        var settings = world.cycle.settings
        settings.maintenance = []
        world.step { $0.settings = settings }
        world.pass(.seconds(900) + observe - world.elapsed - .seconds(30))
        #expect(world.posts.isEmpty)
        world.pass(.seconds(120))
        #expect(world.posts == ["g"])
    }
}

@Suite("A silence")
struct SilenceHoldTests {
    private static let url = "http://alertmanager:9093"

    private func world() throws -> ScriptedWorld {
        var world = try ScriptedWorld(fleet) { settings in
            settings.alertmanagers = [SilenceSource(url: Self.url, timeout: .seconds(10))]
        }
        world.pass(.seconds(300))
        return world
    }

    private func report(
        _ world: ScriptedWorld,
        _ matchers: [LabelMatcher],
        ends: Duration = .seconds(86_400)
    ) -> SilenceReport {
        let silence = Silence(
            id: "s1",
            createdBy: "kim",
            comment: "upgrade",
            startsAt: world.now,
            endsAt: ScriptedWorld.start + ends,
            matchers: matchers
        )
        return SilenceReport(
            alertmanager: Self.url,
            answer: .silences([silence], unreadable: 0),
            at: world.now
        )
    }

    private let onlyG = [
        LabelMatcher(name: "graph_id", .equal("g")), LabelMatcher(name: "team", .notEqual("b")),
    ]

    @Test("holds the graph whose alert it matches, and lets it go when it ends")
    func ends() throws {
        var world = try world()
        let report = report(world, onlyG, ends: .seconds(1800))
        world.step { $0.silences = [report] }
        world.graphs["g"]?.answers = false
        world.graphs["h"]?.answers = false
        world.pass(.seconds(1410))
        #expect(world.posts == ["h"])
        let reasons = world.cycle.machine.decisions[GraphID("g")]?.holdReasons.map(\.description)
        #expect(
            reasons == ["silenced by silence s1 by kim until 2026-11-23T10:30:00Z: upgrade"]
        )
        world.pass(.seconds(90))
        #expect(world.posts == ["h", "g"])
    }

    @Test("of an Alertmanager that cannot be asked holds nothing, once that has lasted")
    func unreachable() throws {
        var world = try world()
        let report = report(world, onlyG)
        world.step { $0.silences = [report] }
        world.graphs["g"]?.answers = false
        func fail(_ world: inout ScriptedWorld) -> Ready {
            let at = world.now
            return world.step { input in
                input.silences = [
                    SilenceReport(alertmanager: Self.url, answer: .failure("refused"), at: at)
                ]
            }
        }
        // A lost answer lifts nothing, and is a trouble all the same.
        for _ in 0..<3 {
            let ready = fail(&world)
            #expect(ready.status.silences.troubles.count == 1)
        }
        let again = self.report(world, onlyG)
        world.step { $0.silences = [again] }
        #expect(world.cycle.silences.troubles.isEmpty)
        for _ in 0..<3 { _ = fail(&world) }
        #expect(world.posts.isEmpty)
        for _ in 0..<4 { _ = fail(&world) }
        #expect(world.posts == ["g"])
        let trouble = try #require(world.cycle.silences.troubles.first)
        #expect(trouble.contains(Self.url) && trouble.contains("refused"))
        var settings = world.cycle.settings
        settings.alertmanagers = []
        world.step { $0.settings = settings }
        #expect(world.cycle.silences.troubles.isEmpty)
    }

    @Test(
        "of an Alertmanager that a reload has removed is not taken any more",
        arguments: [true, false]
    )
    func removed(answers: Bool) throws {
        var world = try world()
        let late = report(world, onlyG)
        var settings = world.cycle.settings
        settings.alertmanagers = [SilenceSource(url: "http://other:9093", timeout: .seconds(10))]
        // The answer arrives with the reload, and once more after it.
        for reload in [settings, nil] {
            let ready = world.step { input in
                input.settings = reload
                input.silences = [late]
                if !answers { input.silences[0].answer = .failure("refused") }
            }
            #expect(!ready.status.silences.troubles.contains { $0.contains(Self.url) })
            #expect(ready.status.silences.answers[Self.url] == nil)
            #expect(!ready.log.flatMap(\.fields).contains { $0.value == Self.url })
        }
        world.graphs["g"]?.answers = false
        world.pass(.seconds(300))
        #expect(world.posts == ["g"])
    }

    @Test(
        "does not hold a graph that another alert, which it does not match, wants restarted"
    )
    func otherAlert() throws {
        var world = try world()
        let report = report(world, onlyG + [LabelMatcher(name: "hang", .equal(""))])
        world.step { $0.silences = [report] }
        world.graphs["g"]?.answers = false
        world.pass(.seconds(600))
        #expect(world.posts.isEmpty)
        // By webhook, with the label that the silence excludes.
        let alert = AlertFixture.alert(["hang": "unresponsive"], startsAt: world.now)
        world.step { $0.messages = [AlertMessage(id: 1, alerts: [alert])] }
        world.pass(.seconds(120))
        #expect(world.posts == ["g"])
    }
}
