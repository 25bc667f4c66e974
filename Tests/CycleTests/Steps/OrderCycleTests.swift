import Coordination
import CycleFixtures
import PromQL
import Remediation
import Testing
import Time

@testable import Cycle

/// Orders of persons in the cycle: from its input to the machine, to disk and back.
@Suite("An order")
struct OrderCycleTests {
    private static func order(_ kind: Order.Kind, id: String = "o1") -> Order {
        Order(id: id, kind, by: "kim as ops", reason: "on call")
    }

    private func pause(_ world: ScriptedWorld, _ scope: PauseScope = .fleet) -> Order.Kind {
        .pause(scope, until: world.now + .seconds(3600))
    }

    @Test("is answered after the write that holds the answer and its line of the audit trail")
    func recorded() throws {
        var world = try ScriptedWorld()
        world.step()
        let kind = pause(world)
        let ready = world.step(polls: false) { $0.orders = [Self.order(kind)] }
        #expect(ready.afterDisk.map(\.kind) == ["answer"])
        let changes = ready.toDisk.changes
        #expect(changes.answered.map(\.id) == ["o1"])
        #expect(changes.audit.map(\.kind) == [.order])
        #expect(changes.pauses?.map(\.scope) == [.fleet])
        #expect(ready.status.machine.pauses.count == 1)
    }

    @Test("that pauses is refused by an agent among others whose clock was set, until it is right")
    func doubtfulClock() throws {
        var world = try ScriptedWorld()
        let cluster = ClusterReading(role: .follower(leader: "agent-b"), policyHash: "p")
        world.step { $0.cluster = cluster }
        world.setClock(by: .seconds(-7200))
        func answer(_ id: String, _ offset: Duration?) -> OrderAnswer.Outcome? {
            let kind = pause(world)
            let ready = world.step {
                $0.readings?.gatewayClockOffset = offset
                $0.orders = [Self.order(kind, id: id)]
            }
            return ready.toDisk.changes.answered.first?.answer.outcome
        }
        #expect(answer("o1", nil) == .refused)
        #expect(answer("o2", .seconds(7200)) == .refused)
        #expect(world.cycle.machine.pauses.isEmpty)
        world.setClock(by: .seconds(7200))
        #expect(answer("o3", .zero) == .done)
        #expect(world.cycle.machine.pauses.map(\.scope) == [.fleet])
    }

    @Test("gets the same answer from the next agent, also without the answer of the first")
    func afterCrash() throws {
        var world = try ScriptedWorld()
        world.step()
        let kind = pause(world)
        world.step(polls: false) { $0.orders = [Self.order(kind)] }
        world.restartAgent()
        world.step()
        let ready = world.step(polls: false) { $0.orders = [Self.order(kind)] }
        #expect(ready.afterDisk.map(\.kind) == ["answer"])
        #expect(ready.toDisk.changes.answered.isEmpty && ready.toDisk.changes.audit.isEmpty)
        #expect(ready.status.machine.pauses.count == 1)
    }

    @Test("that pauses keeps every graph from being restarted, and ends with a new observation")
    func paused() throws {
        var world = try ScriptedWorld()
        world.step()
        let kind = pause(world)
        world.step(polls: false) { $0.orders = [Self.order(kind)] }
        world.graphs["g"]?.answers = false
        world.pass(.seconds(3570))
        #expect(world.posts.isEmpty)
        let end = world.elapsed
        world.pass(.seconds(600)) { !$0.posts.isEmpty }
        // The start-up grace of this policy is zero, the observation five minutes.
        #expect(world.posts == ["g"])
        #expect(world.elapsed - end >= .seconds(300))
    }

    @Test("pauses an entry by its name, and none by its position, which a reload may change")
    func entries() throws {
        var entry = try HangFixture.entry(matching: "g")
        entry.name = "prod"
        let other = try HangFixture.entry()
        var world = try ScriptedWorld(["g", "h"], settings: { $0.graphs = [entry, other] })
        world.step()
        #expect(world.cycle.settings.entryName(at: 1) == "#2")
        let second = pause(world, .entry("#2"))
        let refused = world.step(polls: false) { $0.orders = [Self.order(second)] }
        #expect(refused.status.machine.pauses.isEmpty)
        let kind = pause(world, .entry("prod"))
        let ready = world.step(polls: false) { $0.orders = [Self.order(kind, id: "o2")] }
        #expect(ready.status.machine.pauses.map(\.scope) == [.entry("prod")])
        #expect(
            ready.status.view.graphs.mapValues(\.entry) == [
                GraphID("g"): "prod", GraphID("h"): "#2",
            ]
        )
        world.graphs["g"]?.answers = false
        world.pass(.seconds(300))
        #expect(world.posts.isEmpty)
        world.graphs["g"]?.answers = true
        world.pass(.seconds(300))
        world.graphs["h"]?.answers = false
        world.pass(.seconds(300)) { !$0.posts.isEmpty }
        #expect(world.posts == ["h"])
    }

    @Test("to pause an entry which a reload removes holds every graph, and the log says so")
    func removedEntry() throws {
        var entry = try HangFixture.entry()
        entry.name = "prod"
        var world = try ScriptedWorld(settings: { $0.graphs = [entry] })
        world.step()
        let kind = pause(world, .entry("prod"))
        world.step(polls: false) { $0.orders = [Self.order(kind)] }
        var settings = world.cycle.settings
        settings.graphs[0].name = "production"
        let ready = world.step { $0.settings = settings }
        #expect(ready.log.contains { $0.message.contains("it holds every graph") })
        world.graphs["g"]?.answers = false
        world.pass(.seconds(300))
        #expect(world.posts.isEmpty)
    }

    @Test("is accepted by an agent that only detects if it is a pause")
    func detectOnly() throws {
        var world = try ScriptedWorld(settings: {
            $0.defaultPolicy.startupGrace = .seconds(1200)
        })
        world.step()
        world.setClock(by: .seconds(7200))
        world.step()
        #expect(!world.cycle.detectOnlyReasons.isEmpty)
        let kind = pause(world)
        let all = RestartTerms(overrides: Set(Override.allCases))
        let ready = world.step { input in
            input.orders = [
                Self.order(kind), Self.order(.restart(GraphID("g"), all), id: "o2"),
            ]
        }
        let outcomes = ready.toDisk.changes.answered.map(\.answer.outcome)
        #expect(outcomes == [.done, .held])
        #expect(ready.toDisk.changes.intents.isEmpty)
    }

    @Test("that begins a restart is not promised if the write fails")
    func refusedWrite() throws {
        var world = try ScriptedWorld()
        world.step()
        let kind = Order.Kind.restart(GraphID("g"), RestartTerms(overrides: [.diagnosis]))
        world.refusal = { $0.changes.answered.isEmpty ? nil : "no space" }
        world.step(polls: false) { $0.orders = [Self.order(kind)] }
        world.refusal = { _ in nil }
        world.step(polls: false)
        let ready = world.step(polls: false) { $0.orders = [Self.order(kind)] }
        #expect(ready.toDisk.changes.answered.map(\.answer.outcome) == [.held])
        world.pass(.seconds(600))
        #expect(world.posts.isEmpty)
    }

    @Test("is listed as possible only if the agent takes orders")
    func acceptsOrders() throws {
        for accepts in [true, false] {
            var world = try ScriptedWorld()
            world.cycle.acceptsOrders = accepts
            let status = world.step().status
            #expect(status.view.acceptsOrders == accepts)
            let gates = status.machine.explain(GraphID("g"), in: status.view, at: status.at).gates
            #expect(gates.contains { $0.gate == .pause } == accepts)
        }
    }
}
