import CycleFixtures
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

    @Test(
        "is not verified before it answers, whatever becomes of the alert",
        arguments: [true, false],
        [ReadingsFixture.refused, ReadingsFixture.silent]
    )
    func unanswered(answeredThisProcess: Bool, silence: ProbeOutcome) throws {
        var world = try ScriptedWorld(["g", "h"])
        world.recovery[3] = ("200", false)
        world.graphs["g"]?.silence = silence
        if answeredThisProcess { world.pass(.seconds(300)) }
        world.graphs["g"]?.answers = false
        world.pass(.seconds(600)) { !$0.posts.isEmpty }
        #expect(world.posts == ["g"])
        var settings = world.cycle.settings
        settings.ruleFiles = []
        world.step { $0.settings = settings }
        world.pass(.seconds(1800))
        #expect(world.events.filter { $0.contains("ending") } == ["disk: ending notRecovered"])
    }
}
