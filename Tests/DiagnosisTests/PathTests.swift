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

    /// The network goes while a poll is under way: the graphs that were read before notice it one
    /// poll later, whatever its distance.
    @Test(
        "is at fault when several graphs become unreachable between two polls",
        arguments: [30, 59, 60, 61, 90, 120, 150],
        [0, 2]
    )
    func eventOfSlowPolls(seconds: Int, missed: Int) {
        var situation = Situation(["f", "g", "h"], interval: .milliseconds(seconds * 1000 + 2))
        situation.answer(.silent(.notConnected), of: "f")
        if missed > 0 { situation.change("g") { $0.probes = [] } }
        situation.pass(max(1, missed))
        situation.graphs["g"] = Situation.answering("g")
        situation.answer(.silent(.notConnected))
        situation.pass(10)
        #expect(situation.label("f", after: 10) == "unknown: path_event")
        #expect(situation.label("g", after: 10) == "unknown: path_event")
    }

    @Test(
        "is not at fault when a whole poll lies between them",
        arguments: [60, 61, 90, 120, 150]
    )
    func apartInSlowPolls(seconds: Int) {
        var situation = Situation(["f", "g", "h"], interval: .milliseconds(seconds * 1000 + 2))
        situation.answer(.silent(.notConnected), of: "f")
        situation.pass(2)
        situation.answer(.silent(.notConnected))
        situation.pass(10)
        #expect(situation.label("f", after: 10) == "hung")
        #expect(situation.label("g", after: 10) == "hung")
    }

    @Test("is at fault after a start of the agent too, if the onsets were close")
    func eventBeforeStart() {
        var situation = Situation(["f", "g", "h"], interval: .seconds(90))
        situation.answer(.silent(.notConnected), of: "f")
        situation.pass(1)
        situation.answer(.silent(.notConnected))
        situation.pass(2)
        var next = Situation(
            ["f", "g", "h"],
            remembered: situation.diagnosis.memoryChanges.saved,
            interval: .seconds(90)
        )
        next.answer(.silent(.notConnected), of: "f")
        next.answer(.silent(.notConnected))
        next.pass(10)
        #expect(next.label("g", after: 10) == "unknown: path_event")
    }

    @Test("of thousands of graphs is lost and found in one pass over them")
    func manyGraphs() {
        var situation = Situation((0..<2_000).map { "g\($0)" })
        for id in situation.graphs.keys where id != "g7" {
            situation.answer(.silent(.notConnected), of: id)
        }
        situation.pass(5)
        #expect(situation.label("g1", after: 5) == "unknown: path_event")
        for id in situation.graphs.keys where id != "g1" { situation.answer(.alive, of: id) }
        situation.pass(3)
        #expect(situation.label("g1", after: 5) == "unknown: path_event")
    }

    @Test("is not at fault when a graph that was stopped comes up later and refuses connections")
    func startedLater() {
        var situation = Situation(["f", "g", "h"])
        situation.change("f") {
            $0.statusCode = "900"
            $0.probes = []
        }
        situation.pass(10)
        situation.answer(.silent(.refused))
        situation.pass(20)
        #expect(situation.label(after: 20) == "hung")
        situation.graphs["f"] = Situation.answering("f")
        situation.answer(.silent(.refused), of: "f")
        situation.pass(10)
        #expect(situation.label(after: 30) == "hung")
        #expect(situation.label("f", after: 10) == "hung")
    }

    @Test("that a graph has left says nothing about it any more")
    func leftPath() {
        var situation = Situation(["f", "g", "h", "i"])
        situation.answer(.silent(.notConnected), of: "f")
        situation.answer(.silent(.notConnected))
        situation.pass(20)
        let elsewhere = Path(addressKind: "private", network: "s2", scheme: "http", port: 80)
        for id in ["f", "i"] { situation.change(id) { $0.path = elsewhere } }
        situation.pass(1)
        #expect(situation.label("g", after: 20) == "hung")
        #expect(situation.label("f", after: 20) == "hung")
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
