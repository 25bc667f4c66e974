import Diagnosis
import Testing
import Time

@Suite("An import")
struct OperationTests {
    private static func importing() -> Situation {
        var situation = Situation()
        situation.change { $0.statusCode = "202" }
        return situation
    }

    private func tasks(_ progress: Double?...) -> [Observation.Work] {
        progress.enumerated().map {
            Observation.Work(
                id: "t\($0.offset)",
                type: "ImportGraph",
                isRunning: true,
                progress: $0.element
            )
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

    @Test(
        "is unknown when only other work stands still: it may wait for the import",
        arguments: ["202", "204", "205"],
        ["Algorithm", "VertexQuery", nil] as [String?]
    )
    func otherWork(code: String, type: String?) {
        var situation = Situation()
        situation.change { $0.statusCode = code }
        situation.pass(20) { situation, _ in
            situation.change {
                $0.tasks = [.init(id: "a", type: type, isRunning: true, progress: 0.5)]
            }
        }
        #expect(situation.label(after: 19) == "unknown: progress")
        situation.pass(20) { situation, poll in
            situation.change {
                $0.tasks = [
                    .init(id: "a", type: type, isRunning: true, progress: 0.5 + Double(poll) / 100)
                ]
            }
        }
        #expect(situation.label(after: 19) == "busy", "any work refutes it")
    }

    @Test(
        "is hung when its own task stands still, whatever else waits",
        arguments: [("202", "ImportGraph"), ("204", "ExportGraph"), ("205", "ClearGraph")]
    )
    func ownWork(code: String, type: String) {
        var situation = Situation()
        situation.change { $0.statusCode = code }
        situation.pass(20) { situation, _ in
            situation.change {
                $0.tasks = [
                    .init(id: "a", type: "Algorithm", isRunning: true, progress: nil),
                    .init(id: "b", type: type, isRunning: true, progress: 0.5),
                ]
            }
        }
        #expect(situation.label(after: 19) == "hung")
    }

    @Test(
        "stands still by its job only if that counts something and is its own",
        arguments: [
            ("ImportGraph", true, "hung"), ("ImportGraph", false, "unknown: progress"),
            ("CreateBackup", true, "unknown: progress"),
        ]
    )
    func jobProgress(name: String, isCounted: Bool, label: String) {
        var situation = Self.importing()
        let began = situation.now - .seconds(3 * 3600)
        func job(_ progress: String) -> Observation.Job {
            .init(
                id: "j",
                name: name,
                beganAt: began,
                progress: progress,
                isCounted: isCounted
            )
        }
        situation.pass(20) { situation, _ in
            situation.change {
                $0.tasks = nil
                $0.jobs = [job("success -1")]
            }
        }
        #expect(situation.label(after: 19) == label)
        situation.change { $0.jobs = [job("success -1, success -1")] }
        situation.pass(1)
        #expect(situation.label(after: 19) == "busy", "a change is progress")
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
