import Remediation
import Testing

@testable import Cycle

@Suite("A graph that hangs")
struct RestartCycleTests {
    @Test("is restarted once, with an intent on disk, and tracked until it is verified")
    func restart() throws {
        var world = try ScriptedWorld(["g", "other"]) { settings in
            settings.graphs[0].policy.evidenceTimeout = .seconds(60)
        }
        world.pass(.seconds(300))
        #expect(world.transcript.isEmpty)
        world.graphs["g"]?.answers = false
        world.pass(.seconds(3600))
        #expect(
            world.transcript == [
                "7:00 collect evidence about g",
                "7:30 disk: intent g/1", "7:30 log: evidence", "7:30 log: intended",
                "7:30 POST g",
                "8:00 disk: outcome accepted", "8:00 log: outcome", "8:00 read job job-1",
                "8:30 read job job-1", "9:00 read job job-1", "9:30 read job job-1",
                "10:00 log: verifying",
                "11:30 disk: ending verified", "11:30 log: ended",
            ]
        )
    }
}
