import Diagnosis
import Testing
import Time

@Suite("A graph that does not answer")
struct UnresponsiveTests {
    @Test(
        "is hung when every sign of the engine is silent and the path is proved",
        arguments: [
            Answer.silent(.afterConnection), .engineError, .silent(.refused),
            .silent(.notConnected),
        ]
    )
    func hung(answer: Answer) {
        var situation = Situation()
        situation.answer(answer)
        situation.pass(20)
        #expect(situation.label(after: 20) == "hung")
        #expect(situation.label("h") == "healthy")
    }

    @Test("is hung behind a front end that answers")
    func frontAnswers() {
        var situation = Situation(["g"])
        situation.answer(.silent(.afterConnection), to: "summary")
        situation.pass(20)
        #expect(situation.label(after: 20) == "hung")
    }

    @Test("is hung if the only probe is one of the front end")
    func onlyVersion() {
        var situation = Situation(["g"])
        situation.change { $0.probes = [Observation.Probe(kind: "version", answer: .alive)] }
        situation.pass(3)
        situation.answer(.silent(.afterConnection))
        situation.pass(20)
        #expect(situation.label(after: 20) == "hung")
    }

    @Test("is suspect while one sign of the engine answers")
    func partial() {
        var situation = Situation()
        situation.change { $0.probes.append(Observation.Probe(kind: "gremlin", answer: .alive)) }
        situation.answer(.silent(.afterConnection), to: "summary")
        situation.pass(20)
        #expect(situation.label(after: 20) == "suspect")
    }

    @Test("is not hung before three readings", arguments: [1, 2])
    func fewReadings(polls: Int) {
        var situation = Situation()
        situation.answer(.silent(.afterConnection))
        situation.pass(polls)
        #expect(situation.label(after: polls) != "hung")
    }

    @Test(
        "is hung in spite of one lucky answer in eight, and of no more",
        arguments: [(8, "hung"), (4, "suspect")]
    )
    func luckyAnswers(each: Int, label: String) {
        var situation = Situation()
        situation.pass(24) { situation, poll in
            situation.answer(poll % each == 0 ? .alive : .silent(.afterConnection))
        }
        #expect(situation.label(after: 24) == label)
    }

    @Test(
        "is unknown when the answer is not its own",
        arguments: [
            (Answer.misdirected, "unknown: misdirected"),
            (.foreignAnswer, "unknown: foreign_answer"), (.credential, "unknown: credential"),
            (.unclear, "unknown: unclear"), (.throttled, "unknown: throttled"),
            (.path, "unknown: path"),
        ]
    )
    func cannotTell(answer: Answer, label: String) {
        var situation = Situation()
        situation.answer(answer)
        situation.pass(20)
        #expect(situation.label(after: 20) == label)
    }

    @Test("is starting until it has answered once")
    func neverAnswered() {
        var situation = Situation(["h"])
        situation.graphs["g"] = Situation.answering("g")
        situation.answer(.silent(.afterConnection))
        situation.pass(40)
        #expect(situation.label(after: 40) == "starting")
    }

    /// The front end of a new graph is up long before its engine has loaded the data.
    @Test(
        "is starting until its engine has answered once",
        arguments: [Answer.silent(.afterConnection), .engineError]
    )
    func engineNeverAnswered(answer: Answer) {
        var situation = Situation(["h"])
        situation.graphs["g"] = Situation.answering("g")
        situation.answer(answer, to: "summary")
        situation.pass(40)
        #expect(situation.label(after: 40) == "starting")
        #expect(!situation.diagnosis.wasReached("g"))
        situation.answer(.alive, to: "summary")
        situation.pass(20)
        #expect(situation.diagnosis.wasReached("g"))
        situation.answer(answer, to: "summary")
        situation.pass(20)
        #expect(situation.label(after: 20) == "hung")
    }

    @Test(
        "is hung after a start of the agent only if its engine had answered",
        arguments: [(["version"], "starting"), (["summary"], "hung")]
    )
    func engineRemembered(answered: [String], label: String) {
        var memory = GraphMemory(graphID: "g")
        memory.answered = Set(answered)
        var situation = Situation(["g", "h"], remembered: [memory])
        situation.answer(.silent(.afterConnection), to: "summary")
        situation.pass(20)
        #expect(situation.label(after: 20) == label)
    }

    @Test("rests on the probes that are silent, and not on one that it always refuses")
    func restsOn() {
        var situation = Situation()
        situation.change { $0.probes.append(.init(kind: "cypher", answer: .credential)) }
        situation.pass(5)
        situation.answer(.silent(.afterConnection), to: "summary")
        situation.pass(20)
        #expect(situation.label(after: 20) == "hung")
        let assessment = situation.diagnosis.assess("g", [], situation.policy)
        #expect(assessment.restsOn == ["summary", "jobs"])
    }

    @Test("is hung if one of its firing alerts is proved, whatever the others show")
    func severalClaims() {
        var situation = Situation()
        let old = situation.now
        situation.pass(100)
        situation.answer(.silent(.afterConnection))
        let new = situation.now
        situation.pass(10)
        func label(_ claims: [(since: Timestamp, isFiring: Bool)]) -> String {
            let claims = claims.map {
                Claim(hangClass: .unresponsive, activeAt: $0.since, isFiring: $0.isFiring)
            }
            return situation.diagnosis.assess("g", claims, situation.policy).verdict.label
        }
        #expect(label([(old, true)]) == "suspect")
        #expect(label([(new, true)]) == "hung")
        #expect(label([(old, false), (new, true)]) == "hung")
        #expect(label([(new, true), (old, true)]) == "hung")
        #expect(label([(old, true), (new, false)]) == "suspect")
    }

    @Test("shows what the newest readings say while its alert is too young for enough of its own")
    func youngClaim() {
        var situation = Situation()
        func labels(isFiring: Bool) -> [String] {
            (0...3).map { polls in
                let claim = Claim(
                    hangClass: .unresponsive,
                    activeAt: situation.now - situation.interval * polls,
                    isFiring: isFiring
                )
                return situation.diagnosis.assess("g", [claim], situation.policy).verdict.label
            }
        }
        #expect(labels(isFiring: true) == ["healthy", "healthy", "healthy", "healthy"])
        situation.answer(.silent(.afterConnection))
        situation.pass(2)
        #expect(labels(isFiring: true) == ["suspect", "suspect", "suspect", "suspect"])
        situation.pass(20)
        // Three readings of its own prove the hang.
        #expect(labels(isFiring: true) == ["suspect", "suspect", "hung", "hung"])
        #expect(labels(isFiring: false) == ["hung", "hung", "hung", "hung"])
    }

    @Test("is hung after a start of the agent if the ledger knows that it answered before")
    func remembered() {
        var memory = GraphMemory(graphID: "g")
        memory.answered = ["summary", "version"]
        var situation = Situation(["g", "h"], remembered: [memory])
        situation.answer(.silent(.refused))
        situation.pass(20)
        #expect(situation.label(after: 20) == "hung")
    }

    @Test("is unknown after the agent was blind, until it has been observed again")
    func blindness() {
        var situation = Situation()
        situation.answer(.silent(.afterConnection))
        situation.pass(20)
        situation.pass(blind: .seconds(200))
        situation.pass(1)
        #expect(situation.label(after: 40) == "unknown: sight")
        situation.pass(13)
        #expect(situation.label(after: 60) == "hung")
    }

    @Test("is hung in spite of a short gap in the readings")
    func shortGap() {
        var situation = Situation()
        situation.answer(.silent(.afterConnection))
        situation.pass(10)
        situation.pass(blind: .seconds(120))
        situation.pass(1)
        #expect(situation.label(after: 15) == "hung")
    }

    @Test("is not eligible in another status", arguments: ["100", "300", "900", "901", "new"])
    func status(code: String) {
        var situation = Situation()
        situation.answer(.silent(.afterConnection))
        situation.change { $0.statusCode = code }
        situation.pass(20)
        #expect(situation.label(after: 20) == "not_eligible")
    }

    @Test("does not flap because the agent starts again and again")
    func crashLoop() {
        var situation = Situation()
        situation.answer(.silent(.afterConnection))
        situation.pass(10)
        var memories: [String: GraphMemory] = [:]
        for _ in 0..<6 {
            for memory in situation.diagnosis.memoryChanges.saved {
                memories[memory.graphID] = memory
            }
            situation.diagnosis = Diagnosis(
                remembered: Array(memories.values),
                interval: situation.interval
            )
            situation.pass(10)
        }
        #expect(situation.label(after: 10) == "hung")
    }

    @Test("does not flap because jobs explain its silence now and then")
    func jobsBetween() {
        var situation = Situation()
        situation.answer(.silent(.afterConnection))
        situation.pass(10)
        for _ in 0..<3 {
            let now = situation.now
            situation.change { $0.jobs = [.init(id: "j", name: "Backup", beganAt: now)] }
            situation.pass(5)
            situation.change { $0.jobs = [] }
            situation.pass(5)
        }
        situation.pass(10)
        #expect(situation.label(after: 10) == "hung")
    }

    @Test("flaps when it changes four times within six hours, until it is quiet for an hour")
    func flapping() {
        var situation = Situation()
        for _ in 0..<2 {
            situation.answer(.silent(.afterConnection))
            situation.pass(10)
            situation.answer(.alive)
            situation.pass(20)
        }
        situation.answer(.silent(.afterConnection))
        situation.pass(20)
        #expect(situation.label(after: 20) == "flapping")
        situation.pass(121)
        #expect(situation.label(after: 100) == "hung")
    }

    @Test("flaps in the poll of the fourth change, also without an alert")
    func fourthChange() {
        var situation = Situation()
        var labels: [String] = []
        for poll in 0..<200 {
            situation.answer(poll / 10 % 2 == 0 ? .silent(.afterConnection) : .alive)
            situation.pass(1)
            labels.append(situation.label())
        }
        let suspected = labels.indices.filter { ["suspect", "hung"].contains(labels[$0]) }
        // Those of the first and the third change.
        let last = suspected.last ?? .max
        #expect(labels[last...].contains("flapping") && last < 40, "\(labels)")
    }

    @Test(
        "does not flap by changes before an hour of quiet",
        arguments: [(100, "flapping"), (119, "flapping"), (121, "hung"), (400, "hung")]
    )
    func calm(quietPolls: Int, label: String) {
        var situation = Situation()
        for _ in 0..<2 {
            situation.answer(.silent(.afterConnection))
            situation.pass(10)
            situation.answer(.alive)
            situation.pass(20)
        }
        situation.pass(quietPolls - 20)
        situation.answer(.silent(.afterConnection))
        situation.pass(40)
        #expect(situation.label(after: 40) == label)
    }
}

@Suite("A busy graph")
struct BusyTests {
    private func work(_ id: String, _ progress: Double?) -> Observation.Work {
        Observation.Work(id: id, isRunning: true, progress: progress)
    }

    @Test("is not hung while any of its tasks advances")
    func secondTask() {
        var situation = Situation()
        situation.answer(.silent(.afterConnection))
        situation.pass(20) { situation, poll in
            let tasks = [work("a", 0.5), work("b", Double(poll) / 100)]
            situation.change { $0.tasks = tasks }
        }
        #expect(situation.label(after: 20) == "busy")
    }

    @Test("is not hung while a task advances every five minutes")
    func slowTask() {
        var situation = Situation()
        situation.answer(.silent(.afterConnection))
        situation.pass(60) { situation, poll in
            let tasks = [work("a", Double(poll / 10) / 100)]
            situation.change { $0.tasks = tasks }
        }
        #expect(situation.label(after: 20) == "busy")
        situation.pass(30)
        #expect(situation.label(after: 30) == "hung")
    }

    @Test("is not hung while queries end, and is when they only pile up")
    func queries() {
        var situation = Situation()
        situation.answer(.silent(.afterConnection))
        situation.pass(20) { situation, poll in
            let queries = [work("q\(poll)", nil)]
            situation.change { $0.queries = queries }
        }
        #expect(situation.label(after: 20) == "busy")
        situation.pass(20) { situation, poll in
            let queries = (0...poll).map { work("p\($0)", nil) } + [work("q19", nil)]
            situation.change { $0.queries = queries }
        }
        #expect(situation.label(after: 15) == "hung")
    }

    /// A front end ends queries whose clients have waited for too long, also of a dead engine.
    @Test(
        "is not busy with queries that end without progress while every sign of the engine is silent",
        arguments: [(0, "hung"), (0.5, "busy")]
    )
    func killedQueries(progress: Double, label: String) {
        var situation = Situation()
        situation.answer(.silent(.afterConnection))
        situation.pass(40) { situation, poll in
            let queries = [work("q\(poll)", progress)]
            situation.change { $0.queries = queries }
        }
        #expect(situation.label(after: 20) == label)
    }

    @Test("is busy with queries that end without progress while its engine answers now and then")
    func endedQueries() {
        var situation = Situation()
        situation.pass(40) { situation, poll in
            let queries = [work("q\(poll)", 0)]
            situation.answer(poll % 3 == 0 ? .alive : .silent(.afterConnection))
            situation.change { $0.queries = queries }
        }
        #expect(situation.label(after: 20) == "busy")
    }

    @Test("is busy with a management job for two hours at most")
    func job() {
        var situation = Situation()
        let began = situation.now
        situation.answer(.silent(.afterConnection))
        situation.change {
            $0.jobs = [Observation.Job(id: "j", name: "UpgradeGraph", beganAt: began)]
        }
        situation.pass(239)
        #expect(situation.label(after: 200) == "busy")
        situation.pass(2)
        #expect(situation.label(after: 200) == "hung")
    }
}
