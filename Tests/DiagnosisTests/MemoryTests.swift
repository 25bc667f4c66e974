import Diagnosis
import Testing
import Time

@Suite("The memory of graphs")
struct MemoryTests {
    @Test("of graphs that were deleted while nobody looked goes with the first whole listing")
    func deleted() {
        var memory = GraphMemory(graphID: "gone")
        memory.answered = ["version"]
        var diagnosis = Diagnosis(remembered: [memory], interval: .seconds(30))
        diagnosis.take(
            [Situation.answering("g")],
            policy: { _ in DiagnosisPolicy() },
            at: .distantPast
        )
        diagnosis.keep(isWhole: false) { $0 == "g" }
        #expect(diagnosis.memoryChanges.removed.isEmpty)
        diagnosis.keep(isWhole: true) { $0 == "g" }
        #expect(diagnosis.memoryChanges.removed == ["gone"])
        #expect(diagnosis.memoryChanges.saved.map(\.graphID) == ["g"])
    }

    @Test("of graphs that are listed and were not read yet stays")
    func notRead() {
        let memory = GraphMemory(graphID: "g")
        var diagnosis = Diagnosis(remembered: [memory], interval: .seconds(30))
        diagnosis.keep(isWhole: true) { $0 == "g" }
        #expect(diagnosis.memoryChanges.removed.isEmpty)
    }

    @Test("without the newer members is still read")
    func older() {
        var memory = GraphMemory(graphID: "g")
        #expect(memory.onset == nil && memory.wasSick == nil)
        let since = Timestamp(milliseconds: 1000)
        memory.onset = Onset(after: since, until: since + .seconds(90))
        memory.shift(by: .seconds(1))
        #expect(memory.onset?.after == since + .seconds(1))
        #expect(memory.onset?.until == since + .seconds(91))
        memory.onset = nil
        #expect(memory == GraphMemory(graphID: "g"))
    }
}

@Suite("The state of a path")
struct PathStateTests {
    private static let elsewhere = Path(
        addressKind: "private",
        network: "s2",
        scheme: "http",
        port: 80
    )

    /// The state of the path of `g`, which is alone on it.
    private func state(_ situation: Situation) -> Bool? {
        situation.diagnosis.pathStates.first { $0.path == Self.elsewhere }?.isProved
    }

    @Test(
        "is down only if a graph on it cannot be reached",
        arguments: [
            (Answer.alive, true), (.engineError, true), (.silent(.afterConnection), true),
            (.silent(.refused), false), (.silent(.notConnected), false), (.path, false),
            (.misdirected, nil), (.foreignAnswer, nil),
        ] as [(Answer, Bool?)]
    )
    func answers(answer: Answer, isProved: Bool?) {
        var situation = Situation()
        situation.change { $0.path = Self.elsewhere }
        situation.answer(answer)
        situation.pass(10)
        #expect(state(situation) == isProved)
    }

    @Test("is unknown while its graphs are stopped or not read")
    func stopped() {
        var situation = Situation()
        situation.change { $0.path = Self.elsewhere }
        situation.pass(5)
        situation.change {
            $0.statusCode = "900"
            $0.probes = []
        }
        situation.answer(.silent(.notConnected), of: "h")
        situation.pass(10)
        #expect(state(situation) == nil)
        #expect(situation.diagnosis.pathStates.map(\.isProved) == [false])
    }

    @Test("is unknown where graphs answer at other addresses only")
    func elsewhereOnly() {
        var situation = Situation()
        situation.change { $0.path = Self.elsewhere }
        situation.answer(.alive, inPlaceOf: .silent(.notConnected))
        situation.pass(10)
        #expect(state(situation) == nil)
    }
}
