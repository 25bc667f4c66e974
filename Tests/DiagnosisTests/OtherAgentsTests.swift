import Diagnosis
import Testing
import Time

@Suite("A graph that several agents read")
struct OtherAgentsTests {
    @Test("has witnesses on its path, the first by id that are not lost")
    func witnesses() {
        var situation = Situation(["a", "b", "c", "g"])
        situation.answer(.silent(.refused), of: "a")
        situation.answer(.silent(.refused), of: "g")
        situation.pass(1)
        #expect(situation.diagnosis.witnesses(of: ["g"], atMost: 1) == ["b"])
        #expect(situation.diagnosis.witnesses(of: ["g", "a"], atMost: 9) == ["b", "c"])
        #expect(situation.diagnosis.witnesses(of: ["stranger"], atMost: 9).isEmpty)
        #expect(Set(situation.diagnosis.losses.keys) == ["a", "g"])
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

    @Test("is not hung if Cloud Eye told another agent that clients were answered meanwhile")
    func servedByWordOfOthers() {
        var situation = Situation(["g"])
        situation.answer(.silent(.afterConnection))
        situation.pass(10)
        let during = situation.now
        situation.pass(10)
        #expect(situation.label(after: 20) == "hung")
        situation.diagnosis.believeServed(["g": during, "stranger": during])
        #expect(situation.label(after: 20) == "unknown: load")
        #expect(situation.diagnosis.served(of: ["g", "stranger"]) == ["g": during])
        // Older words change nothing.
        situation.diagnosis.believeServed(["g": during - .seconds(60)])
        #expect(situation.diagnosis.served(of: ["g"]) == ["g": during])
    }

    /// What another agent publishes is read again in each step.
    @Test("is hung again some time after the word of an agent whose clock is far ahead")
    func servedByWordOfFastClock() {
        var situation = Situation(["g"])
        situation.answer(.silent(.afterConnection))
        situation.pass(20)
        let word = ["g": situation.now + .seconds(86_400)]
        situation.diagnosis.believeServed(word)
        let heard = situation.now
        #expect(situation.diagnosis.served(of: ["g"]) == ["g": heard])
        #expect(situation.label(after: 20) == "unknown: load")
        for _ in 0..<40 {
            situation.pass(1)
            situation.diagnosis.believeServed(word)
        }
        #expect(situation.diagnosis.served(of: ["g"]) == ["g": heard])
        #expect(situation.label(after: 60) == "hung")
        // An agent whose clock is right is still believed.
        let later = situation.now
        situation.diagnosis.believeServed(["g": later])
        situation.diagnosis.believeServed(word)
        #expect(situation.diagnosis.served(of: ["g"]) == ["g": later])
        #expect(situation.label(after: 20) == "unknown: load")
    }

    @Test("has no witnesses that are not probed")
    func stoppedWitnesses() {
        var situation = Situation(["a", "b", "g"])
        situation.change("a") {
            $0.statusCode = "900"
            $0.probes = []
        }
        situation.answer(.silent(.refused))
        situation.pass(1)
        #expect(situation.diagnosis.witnesses(of: ["g"], atMost: 1) == ["b"])
        situation.graphs["stopped"] = Observation(graphID: "stopped", statusCode: "900")
        situation.graphs["new"] = Observation(graphID: "new", statusCode: "200")
        situation.pass(1)
        #expect(situation.diagnosis.unread(atMost: 9) == ["new"])
    }

    // MARK: Watched by another agent

    /// Three graphs, of which "h" and "i" are watched elsewhere from now on.
    private static var divided: Situation {
        var situation = Situation(["g", "h", "i"])
        for id in ["h", "i"] {
            situation.change(id) {
                $0.isWatchedElsewhere = true
                $0.probes = []
                $0.path = nil
            }
        }
        situation.pass(20)
        return situation
    }

    @Test("is lost with one that another agent watches, by that agent's word")
    func lostElsewhere() {
        var situation = Self.divided
        situation.change("i") {
            $0.probes = Situation.answering("i").probes
            $0.path = Situation.path
        }
        situation.answer(.silent(.refused))
        situation.pass(4)
        #expect(situation.label(after: 4) == "hung")
        let onset = Onset(after: situation.now - .seconds(120), until: situation.now - .seconds(95))
        situation.change("h") { $0.reportedOnset = onset }
        situation.pass(1)
        #expect(situation.label(after: 5) == "unknown: path_event")
        situation.change("h") { $0.reportedOnset = nil }
        situation.pass(1)
        // As if it had been seen to answer again.
        #expect(situation.label(after: 6) == "unknown: path_event")
        situation.pass(61)
        #expect(situation.label(after: 66) == "hung")
    }

    @Test("became unreachable when its watcher says, and not before its word that it was not")
    func onset() {
        var situation = Self.divided
        func gain(_ id: String, _ reported: Onset?) {
            situation.graphs[id] = Situation.answering(id)
            situation.graphs[id]?.reportedOnset = reported
            situation.answer(.silent(.refused), of: id)
        }
        let before = situation.now
        gain("h", nil)
        gain("i", Onset(after: before + .seconds(10), until: before + .seconds(20)))
        situation.pass(1)
        let losses = situation.diagnosis.losses
        // The word of the watcher is up to four polls old.
        #expect(losses["h"] == Onset(after: before - .seconds(120), until: situation.now))
        #expect(losses["i"] == Onset(after: before + .seconds(10), until: before + .seconds(20)))
    }

    @Test("is not judged by glances, and begins anew once this agent watches it")
    func glances() {
        var situation = Self.divided
        func glance(progress: Double) {
            situation.change("h") {
                $0.probes = Situation.answering("h").probes
                $0.path = Situation.path
                $0.tasks = [.init(id: "t", type: "Algorithm", isRunning: true, progress: progress)]
            }
            situation.pass(1)
            situation.change("h") { $0.probes = [] }
            situation.pass(19)
        }
        glance(progress: 0.1)
        glance(progress: 0.2)
        situation.change("h") { $0 = Situation.answering("h") }
        situation.answer(.silent(.afterConnection), of: "h")
        situation.pass(10)
        #expect(situation.label("h", after: 10) == "unknown: sight")
        situation.pass(4)
        // The progress between the glances keeps nobody busy.
        #expect(situation.label("h", after: 14) == "hung")
    }

    @Test("proves no path by a glance")
    func pathStates() {
        var situation = Self.divided
        situation.change("g") { $0.probes = [] }
        situation.change("h") {
            $0.probes = Situation.answering("h").probes
            $0.path = Situation.path
        }
        situation.pass(1)
        #expect(situation.diagnosis.pathStates.isEmpty)
    }
}
