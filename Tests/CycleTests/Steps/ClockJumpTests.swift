import Remediation
import Testing
import Time

@testable import Cycle

@Suite("When the wall clock is set")
struct ClockJumpTests {
    @Test("a poll that started before is not used, however late it ends", arguments: [3600, -60])
    func oldPolls(jump: Int64) throws {
        var world = try ScriptedWorld()
        world.step()
        let old = world.poll()
        world.setClock(by: .seconds(jump))
        let jumped = world.step(polls: false) { $0.readings = old }
        #expect(jumped.status.work.readings == nil)
        #expect(jumped.status.work.clockJumps == 1)
        #expect(jumped.status.inventory.sightSince == nil)
        #expect(jumped.status.storage.seriesCount == 0)
        #expect(world.step(polls: false) { $0.readings = old }.status.work.readings == nil)
        let fresh = world.step()
        #expect(fresh.status.work.readings?.at == world.now)
        #expect(fresh.status.work.clockJumps == 0)
        #expect(fresh.status.inventory.sightSince == world.now)
    }

    @Test("nothing is done until as much was observed as after a start, both logged once")
    func observation() throws {
        var world = try ScriptedWorld { $0.defaultPolicy.startupGrace = .seconds(600) }
        world.step()
        world.graphs["g"]?.answers = false
        world.setClock(by: .seconds(3600))
        world.pass(.seconds(600))
        let said = "log: Detect-only: the clock was set forward by 1h; observing again "
        #expect(
            world.events == [said + "until 2026-11-23T11:11:00Z", "log: external", "log: held"]
        )
        world.pass(.seconds(120))
        #expect(
            world.events.dropFirst(3).prefix(3) == [
                "disk: intent g/1", "log: intended", "log: Condition cleared",
            ]
        )
    }

    @Test("the rest of a wait is unchanged", arguments: [7200, -7200])
    func waits(jump: Int64) throws {
        var world = try ScriptedWorld()
        world.graphs["g"]?.answers = false
        world.pass(.seconds(3600)) { $0.cycle.machine.coolDown != nil }
        let left = try #require(world.cycle.machine.coolDown) - world.now
        world.setClock(by: .seconds(jump))
        world.step()
        let leftNow = try #require(world.cycle.machine.coolDown) - world.now
        #expect(leftNow == left - .seconds(30))
    }
}

extension Machine {
    /// When the cool-down of the only graph with a restart ends.
    fileprivate var coolDown: Timestamp? {
        guard case .coolingDown(let until, _, _)? = snapshot.records.first?.phase else {
            return nil
        }
        return until
    }
}
