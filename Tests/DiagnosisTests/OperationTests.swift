import Diagnosis
import Testing

@Suite("An import")
struct OperationTests {
    private static func importing() -> Situation {
        var situation = Situation()
        situation.change { $0.statusCode = "202" }
        return situation
    }

    private func tasks(_ progress: Double?...) -> [Observation.Work] {
        progress.enumerated().map {
            Observation.Work(id: "t\($0.offset)", isRunning: true, progress: $0.element)
        }
    }

    @Test("is hung when its progress was seen and stands still")
    func still() {
        var situation = Self.importing()
        situation.pass(20) { [tasks] situation, _ in
            situation.change { $0.tasks = tasks(0.37) }
        }
        #expect(situation.label(after: 19) == "hung")
        #expect(situation.label() == "busy", "no rule says that it takes too long")
    }

    @Test("is unknown when its progress cannot be seen")
    func hidden() {
        var situation = Self.importing()
        situation.change { $0.tasks = nil }
        situation.pass(20)
        #expect(situation.label(after: 20) == "unknown: progress")
        situation.pass(20) { [tasks] situation, _ in
            situation.change { $0.tasks = tasks(nil) }
        }
        #expect(situation.label(after: 20) == "unknown: progress")
    }

    @Test("is busy while any of its tasks advances")
    func advancing() {
        var situation = Self.importing()
        situation.pass(20) { [tasks] situation, poll in
            situation.change { $0.tasks = tasks(0.37, Double(poll) / 100) }
        }
        #expect(situation.label(after: 20) == "busy")
    }

    @Test("is not held by its own management job, and is by another")
    func jobs() {
        var situation = Self.importing()
        let now = situation.now
        situation.pass(20) { [tasks] situation, _ in
            situation.change {
                $0.tasks = tasks(0.37)
                $0.jobs = [Observation.Job(id: "j", name: "ImportGraph", beganAt: now)]
            }
        }
        #expect(situation.label(after: 19) == "hung")
        situation.change {
            $0.jobs?.append(Observation.Job(id: "k", name: "CreateBackup", beganAt: now))
        }
        situation.pass(1)
        #expect(situation.label(after: 19) == "busy")
    }
}
