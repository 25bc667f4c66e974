import CycleFixtures
import Remediation
import Testing

@testable import Cycle

@Suite("A message with alerts")
struct MessageTests {
    private func reply(
        _ world: inout ScriptedWorld,
        _ alerts: [IncomingAlert],
        _ change: (inout CycleInput) -> Void = { _ in }
    ) throws -> Result<[Reception], AlertReply.Refusal> {
        let ready = world.step(polls: false) { input in
            input.messages = [AlertMessage(id: 1, alerts: alerts)]
            change(&input)
        }
        return try #require(ready.replies.first).answer
    }

    /// All graphs of the world, but perhaps not all of the project.
    private func partOfAll(_ world: inout ScriptedWorld) -> Readings {
        var readings = world.poll()
        readings.listing = readings.listing.map { listing in
            Readings.Listing(graphs: listing.graphs, isComplete: false)
        }
        return readings
    }

    @Test("about a graph that may not have been listed yet must be retried")
    func notReady() throws {
        var world = try ScriptedWorld()
        let (known, other) = (
            AlertFixture.alert(), AlertFixture.alert(["graph_id": "other"], fingerprint: "f2")
        )
        #expect(try reply(&world, [known]) == .failure(.notReady))
        let part = partOfAll(&world)
        #expect(try reply(&world, [known, other]) { $0.readings = part } == .failure(.notReady))
        #expect(world.cycle.received.alerts.keys.map(\.fingerprint) == ["f1"])
        world.step()
        let answer = try reply(&world, [known, other])
        #expect(try answer.get().map(\.label) == ["duplicate", "ignored"])
    }

    @Test("is deduplicated, within the message and later")
    func duplicates() throws {
        var world = try ScriptedWorld()
        world.step()
        let alert = AlertFixture.alert()
        #expect(try reply(&world, [alert, alert]).get().map(\.label) == ["accepted", "duplicate"])
        #expect(try reply(&world, [alert]).get().map(\.label) == ["duplicate"])
        #expect(world.cycle.received.alerts.count == 1)
    }

    @Test("is accepted completely or not at all if there is no room")
    func full() throws {
        var world = try ScriptedWorld()
        world.step()
        let alerts = (0...ReceivedAlerts.capacity).map { AlertFixture.alert(fingerprint: "f\($0)") }
        #expect(try reply(&world, alerts) == .failure(.full))
        #expect(world.cycle.received.alerts.isEmpty)
        #expect(try reply(&world, Array(alerts.dropLast())).get().count == alerts.count - 1)
    }

    @Test("must be retried while no alerts are accepted, and known alerts request nothing")
    func withoutWebhook() throws {
        var world = try ScriptedWorld { $0.graphs[0].policy.mode = .shadow }
        world.graphs["g"]?.answers = false
        world.step()
        #expect(try reply(&world, [AlertFixture.alert()]).get() == [.accepted])
        #expect(world.step().status.firing.count == 1)
        var without = world.cycle.settings
        without.webhook = nil
        let alert = AlertFixture.alert(fingerprint: "f2")
        #expect(try reply(&world, [alert]) { $0.settings = without } == .failure(.notReady))
        let status = world.step().status
        #expect(status.received.alerts.count == 1)
        #expect(status.firing.isEmpty)
    }
}
