import Diagnosis
import Testing
import Time

@Suite("The path to a graph")
struct PathTests {
    @Test(
        "is needed before a graph that refuses or does not accept connections is hung",
        arguments: [Answer.silent(.refused), .silent(.notConnected)]
    )
    func unproved(answer: Answer) {
        var situation = Situation(["g"])
        situation.answer(answer)
        situation.pass(20)
        #expect(situation.label(after: 20) == "unknown: path")
        situation.change { $0.canary = "192.0.2.1:443" }
        situation.pass(1)
        #expect(situation.label(after: 20) == "hung")
    }

    @Test("is not proved by a graph on another path")
    func otherPath() {
        var situation = Situation()
        situation.change("h") {
            $0.path = Path(addressKind: "private", network: "s2", scheme: "http", port: 80)
        }
        situation.answer(.silent(.refused))
        situation.pass(20)
        #expect(situation.label(after: 20) == "unknown: path")
        #expect(situation.diagnosis.pathStates.map(\.isProved) == [true, false])
    }

    @Test("is at fault when several graphs become unreachable within a minute")
    func event() {
        var situation = Situation(["f", "g", "h"])
        situation.answer(.silent(.refused), of: "f")
        situation.pass(1)
        situation.answer(.silent(.notConnected), of: "g")
        situation.pass(30)
        #expect(situation.label("f", after: 20) == "unknown: path_event")
        #expect(situation.label("g", after: 20) == "unknown: path_event")
        situation.answer(.alive, of: "f")
        situation.pass(30)
        #expect(situation.label("g", after: 60) == "unknown: path_event")
        situation.pass(31)
        #expect(situation.label("g", after: 60) == "hung")
    }

    @Test("is not at fault when they accept connections and stay silent")
    func silentTogether() {
        var situation = Situation(["f", "g", "h"])
        situation.answer(.silent(.afterConnection), of: "f")
        situation.answer(.silent(.afterConnection), of: "g")
        situation.pass(20)
        #expect(situation.label("f", after: 20) == "hung")
    }

    @Test("is not at fault when they become unreachable at different times")
    func apart() {
        var situation = Situation(["f", "g", "h"])
        situation.answer(.silent(.refused), of: "f")
        situation.pass(5)
        situation.answer(.silent(.refused), of: "g")
        situation.pass(20)
        #expect(situation.label("f", after: 20) == "hung")
        #expect(situation.label("g", after: 20) == "hung")
    }

    @Test(
        "is not needed by a graph that accepts connections at another address",
        arguments: [
            (Answer.engineError, "hung"), (.silent(.afterConnection), "hung"),
            (.alive, "healthy"), (.silent(.notConnected), "unknown: path"),
            (.misdirected, "unknown: misdirected"),
            (.foreignAnswer, "unknown: foreign_answer"), (.credential, "unknown: credential"),
        ]
    )
    func otherAddress(answer: Answer, label: String) {
        var situation = Situation(["g"])
        situation.answer(answer, inPlaceOf: .silent(.notConnected))
        situation.pass(20)
        #expect(situation.label(after: 20) == label)
    }

    @Test(
        "is not proved to the neighbours by an answer at another address",
        arguments: [
            Answer.alive, .engineError, .silent(.afterConnection), .credential, .throttled,
            .foreignAnswer,
        ],
        [Answer.silent(.refused), .silent(.notConnected), .path, .foreignAnswer]
    )
    func otherAddressOfNeighbour(answer: Answer, configured: Answer) {
        var situation = Situation(["f", "g"])
        situation.answer(answer, inPlaceOf: configured, of: "f")
        situation.answer(.silent(.notConnected))
        situation.pass(20)
        #expect(situation.label(after: 20).hasPrefix("unknown: path"))
        situation.answer(.alive, of: "f")
        situation.pass(80)
        #expect(situation.label(after: 80) == "hung")
    }

    @Test("is proved by the silence of the configured address although another one answers")
    func configuredAddressAccepts() {
        var situation = Situation(["f", "g"])
        situation.answer(.alive, inPlaceOf: .silent(.afterConnection), of: "f")
        situation.answer(.silent(.notConnected))
        situation.pass(20)
        #expect(situation.label("f") == "healthy")
        #expect(situation.label(after: 20) == "hung")
    }

    @Test("is at fault when a graph leaves it for another address in the same minute")
    func eventOfFallbacks() {
        var situation = Situation(["f", "g", "h"])
        situation.answer(.alive, inPlaceOf: .silent(.notConnected), of: "f")
        situation.answer(.silent(.notConnected))
        situation.pass(20)
        #expect(situation.label(after: 20) == "unknown: path_event")
        #expect(situation.label("f") == "healthy")
    }

    @Test("is not proved by the answer of somebody else to one of several probes")
    func somebodyElse() {
        var situation = Situation(["g"])
        situation.change { $0.probes.append(.init(kind: "cypher", answer: .credential)) }
        situation.pass(5)
        situation.answer(.silent(.notConnected), to: "summary")
        situation.answer(.silent(.notConnected), to: "version")
        situation.change { graph in
            graph.probes[2].answer = .credential
            graph.probes[2].configured = .silent(.notConnected)
        }
        situation.pass(20)
        #expect(situation.label(after: 20) == "unknown: path")
    }
}

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
