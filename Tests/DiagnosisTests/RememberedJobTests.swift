import Diagnosis
import Testing
import Time

@Suite("Management jobs that were seen")
struct RememberedJobTests {
    /// A silent graph with a job that began with the first poll.
    private func silent(job name: String, status: String = "200", polls: Int) -> Situation {
        var situation = Situation()
        situation.pass(10)
        let begin = situation.now
        situation.change { $0.statusCode = status }
        situation.answer(.silent(.afterConnection))
        situation.change { $0.jobs = [.init(id: "j", name: name, beganAt: begin)] }
        situation.pass(polls)
        return situation
    }

    @Test("hold while the list fails, for as long as they may", arguments: [1, 30, 100, 190, 239])
    func failingList(polls: Int) {
        var situation = silent(job: "UpgradeGraph", polls: 40)
        situation.change { $0.jobs = nil }
        situation.pass(polls)
        let isOver = polls + 40 > 240
        #expect(situation.label(after: polls + 40) == (isOver ? "hung" : "busy"))
    }

    @Test("hold again when the list that failed names them, and not when it lacks them")
    func listAgain() {
        var situation = silent(job: "UpgradeGraph", polls: 40)
        situation.change { $0.jobs = nil }
        situation.pass(10)
        situation.change { $0.jobs = [] }
        situation.pass(1)
        // The engine is given its time from the moment at which the end was seen.
        #expect(situation.label(after: 51) == "busy")
        situation.pass(40)
        #expect(situation.label(after: 40) == "hung")
    }

    @Test("leave the engine its time when they have ended", arguments: [(1, "busy"), (40, "hung")])
    func end(polls: Int, label: String) {
        var situation = silent(job: "ResizeGraph", polls: 60)
        situation.change { $0.jobs = [] }
        situation.pass(polls)
        #expect(situation.label(after: 30) == label)
    }

    @Test("leave none after a restart of ours, which is followed elsewhere")
    func ownRestart() {
        var situation = silent(job: "RestartGraph", polls: 60)
        situation.change { $0.isUnderRepair = true }
        situation.change { $0.jobs = [] }
        situation.pass(1)
        #expect(situation.label(after: 30) == "hung")
    }

    @Test("that nobody saw hold nothing: a list that always fails does not hold for ever")
    func neverRead() {
        var situation = Situation()
        situation.change { $0.jobs = nil }
        situation.pass(10)
        situation.answer(.silent(.afterConnection))
        situation.pass(40)
        #expect(situation.label(after: 40) == "hung")
    }
}
