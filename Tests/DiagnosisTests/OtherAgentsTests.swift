import Diagnosis
import Testing
import Time

@Suite("A graph that several agents read")
struct OtherAgentsTests {
    @Test("has neighbours on its path, the first by id, and not itself")
    func neighbours() {
        var situation = Situation(["a", "b", "c", "g"])
        situation.pass(1)
        #expect(situation.diagnosis.neighbours(of: "g", atMost: 2) == ["a", "b"])
        #expect(situation.diagnosis.neighbours(of: "a", atMost: 9) == ["b", "c", "g"])
        #expect(situation.diagnosis.neighbours(of: "stranger", atMost: 9).isEmpty)
    }

    @Test("is hung although this agent never saw it answer, if another one did")
    func reachOfOthers() {
        var situation = Situation(["h"])
        situation.graphs["g"] = Situation.answering("g")
        situation.answer(.silent(.afterConnection))
        situation.diagnosis.believeReach(of: ["g", "stranger"])
        situation.pass(20)
        #expect(situation.label(after: 20) == "starting")
        situation.diagnosis.believeReach(of: ["g"])
        #expect(situation.diagnosis.wasReached("g"))
        #expect(situation.label(after: 20) == "hung")
        #expect(situation.diagnosis.memoryChanges.saved.map(\.graphID).contains("g"))
    }
}
