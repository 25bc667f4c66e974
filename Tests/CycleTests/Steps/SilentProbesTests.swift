import CycleFixtures
import Diagnosis
import Remediation
import Testing
import Time

@testable import Cycle

@Suite("What the machine is told of probes")
struct SilentProbesTests {
    @Test("each probe of a graph that does not answer, whether or not a restart is in progress")
    func signs() throws {
        var world = try ScriptedWorld(["g", "other"]) { $0.graphs[0].policy.mode = .shadow }
        world.pass(.seconds(300))
        var probe = world.step().status.view.graphs[GraphID("g")]?.probe
        #expect(probe?.answered == true && probe?.signs == [:])
        world.graphs["g"]?.answers = false
        world.step()
        probe = world.step().status.view.graphs[GraphID("g")]?.probe
        #expect(probe?.answered == false)
        #expect(probe?.signs == ["version": .silent])
    }
}
