import Remediation
import Testing

@testable import Cycle

@Suite("The last step")
struct LastStepTests {
    @Test("starts nothing, and gives the reason")
    func nothingIsBegun() throws {
        var world = try ScriptedWorld()
        world.graphs["g"]?.answers = false
        var twin = world
        world.pass(.seconds(600)) { $0.posts == ["g"] }
        while twin.elapsed < world.elapsed - .seconds(30) { twin.step() }
        let last = twin.step { $0.isStopping = true }
        #expect(last.toDisk.changes.intents.isEmpty)
        #expect(last.afterDisk.isEmpty && last.anytime.isEmpty)
        let decision = try #require(last.status.machine.decisions.values.first)
        #expect("\(decision)".contains("the agent is stopping"))
    }

    @Test("processes pending reports")
    func outcomes() throws {
        var world = try ScriptedWorld()
        world.graphs["g"]?.answers = false
        world.pass(.seconds(600)) { $0.posts == ["g"] }
        let last = world.step(after: .seconds(1), polls: false) { $0.isStopping = true }
        #expect(last.toDisk.changes.outcomes.map(\.outcome) == [.accepted(jobID: "job-1")])
        #expect(last.afterDisk.isEmpty)
    }
}
