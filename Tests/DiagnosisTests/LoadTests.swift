import Diagnosis
import Testing
import Time

@Suite("What Cloud Eye sees of the clients of a silent graph")
struct LoadTests {
    /// A graph that is silent for 20 minutes, seen by Cloud Eye as some minutes ago.
    ///
    /// - Parameter load: what it says of the minute that begins so long after the silence.
    private static func silent(
        late delay: Duration = .seconds(360),
        _ load: (Duration) -> (requests: Double, responseTime: Double?, waiting: Double)?
    ) -> Situation {
        var situation = Situation()
        situation.answer(.silent(.afterConnection))
        let begin = situation.now + situation.interval
        situation.pass(40) { situation, _ in
            let at = situation.now + situation.interval - delay
            let minute = Timestamp(milliseconds: at.milliseconds / 60_000 * 60_000)
            let seen = load(minute - begin).map {
                Observation.Load(
                    at: minute,
                    requests: $0.requests,
                    responseTime: $0.responseTime,
                    waiting: $0.waiting
                )
            }
            situation.change { $0.load = seen }
        }
        return situation
    }

    @Test("refutes a hang if they are answered: a person is asked")
    func served() {
        let situation = Self.silent { _ in (120, 0.02, 0) }
        #expect(situation.label(after: 20) == "unknown: load")
        #expect(situation.label(after: 40) == "unknown: load")
        let text = "\(situation.verdict(after: 40))"
        #expect(text.contains("Cloud Eye saw it answer requests at"), "\(text)")
    }

    @Test(
        "refutes nothing otherwise",
        arguments: [
            (0, nil, 0), (0, nil, 100), (120, nil, 0), (120, 0, 100), (0, 0.02, 0),
        ] as [(Double, Double?, Double)]
    )
    func others(requests: Double, responseTime: Double?, waiting: Double) {
        let situation = Self.silent { _ in (requests, responseTime, waiting) }
        #expect(situation.label(after: 20) == "hung")
    }

    @Test("refutes nothing if it is of before the silence, or of its first minute")
    func before() {
        let situation = Self.silent { $0 < .seconds(60) ? (120, 0.02, 0) : (0, nil, 100) }
        #expect(situation.label(after: 20) == "hung")
        let late = Self.silent(late: .seconds(1_200)) { _ in (120, 0.02, 0) }
        #expect(late.label(after: 40) == "hung", "all of it is of before the silence")
    }

    @Test("refutes nothing once it was long ago, or if it never comes")
    func over() {
        let none = Self.silent { _ in nil }
        #expect(none.label(after: 20) == "hung")
        var ended = Self.silent { _ in (120, 0.02, 0) }
        ended.change { $0.load = nil }
        ended.pass(10)
        #expect(ended.label(after: 50) == "unknown: load")
        ended.pass(20)
        #expect(ended.label(after: 70) == "hung")
    }

    @Test("is shown with its own time")
    func shown() {
        let situation = Self.silent { _ in (0, nil, 100) }
        let assessment = situation.diagnosis.assess("g", [], situation.policy)
        let signs = situation.diagnosis.explain(assessment, of: "g", situation.policy).signs
        let load = signs.first { $0.sign == "load" }
        #expect(load?.word == .still)
        #expect(load.map { situation.now - $0.at >= .seconds(300) } == true)
        let other = Situation()
        let healthy = other.diagnosis.assess("h", [], other.policy)
        let others = other.diagnosis.explain(healthy, of: "h", other.policy).signs.map(\.sign)
        #expect(!others.contains("load"), "without Cloud Eye there is no such sign")
    }

    @Test("says nothing of a graph that answers, or of an import")
    func notSilent() {
        var situation = Situation()
        let load = Observation.Load(at: situation.now, requests: 0, responseTime: nil, waiting: 9)
        situation.change { $0.load = load }
        situation.pass(10)
        #expect(situation.label() == "healthy")
        situation.change { $0.statusCode = "202" }
        let job = Observation.Job(id: "j", name: "ImportGraph", beganAt: nil, progress: "7")
        situation.change { $0.jobs = [job] }
        situation.pass(40) { situation, _ in
            let served = Observation.Load(
                at: situation.now,
                requests: 9,
                responseTime: 0.01,
                waiting: 0
            )
            situation.change { $0.load = served }
        }
        #expect(situation.label(after: 40) == "hung")
    }
}
