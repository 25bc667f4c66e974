import Diagnosis
import JSON
import LiveRehearsal
import Remediation
import Testing
import Time

@Suite("LiveRehearsal.Outcome")
struct RehearsalOutcomeTests {
    private static let now = Timestamp(milliseconds: 1_700_000_000_000)

    private static let intent = Intent(
        request: RestartRequest(
            graphID: GraphID("g1"),
            hangClass: .unresponsive,
            alertname: "",
            reason: "rehearsal",
            activeAt: now,
            source: .person("alice")
        ),
        graphName: "demo",
        attempt: 1,
        createdAt: now
    )

    private static func outcome(
        _ ending: AttemptOutcome?,
        in phase: Phase = .idle
    ) throws -> RehearsalOutcome {
        var attempt = Attempt(of: intent)
        attempt.ending = try ending.map { outcome in
            let at = try StrictJSONEncoder().encodeToValue(now)
            let json: JSONValue = ["outcome": .string(outcome.rawValue), "at": at]
            return try StrictJSONDecoder().decode(Attempt.Ending.self, from: try json.serialized())
        }
        return RehearsalOutcome(attempt, in: phase, withoutAttempt: [], answer: "400 GES.7016")
    }

    @Test("only a verified restart is a success", arguments: AttemptOutcome.allCases)
    func endings(ending: AttemptOutcome) throws {
        let outcome = try Self.outcome(ending)
        #expect((outcome.exitCode == 0) == (ending == .verified))
        #expect((outcome.exitCode == 2) == (ending == .probablyNotLanded))
        #expect(!outcome.text.isEmpty)
    }

    @Test("a refusal quotes the answer")
    func refusal() throws {
        #expect(try Self.outcome(.refused).text == "the restart was refused: 400 GES.7016")
    }

    @Test("what was not sent says why")
    func notSent() throws {
        let phase = Phase.waiting(until: Self.now, cause: "the graph lost its tag")
        let outcome = try Self.outcome(.notSent, in: phase)
        #expect(outcome == .notSent(["the graph lost its tag"]))
        let none = RehearsalOutcome(nil, in: .idle, withoutAttempt: ["paused"], answer: nil)
        #expect(none == .notSent(["paused"]) && none.exitCode == 1)
    }

    static let unended: [(Phase, Int32, String)] = [
        (.intended(intent), 2, "is not known"),
        (.unknownOutcome(intent, since: now, until: now), 2, "does not send another"),
        (
            .restarting(
                .init(intent: intent, jobID: "j1", since: now, deadline: now, sawTransition: true)
            ), 2, "the graph restarts"
        ),
        (
            .verifying(.init(intent: intent, wasStalled: false, since: now, deadline: now)), 2,
            "is not verified yet"
        ),
        (.stalled(intent, since: now, cause: "the job failed"), 1, "stalled: the job failed"),
    ]

    @Test("an attempt that goes on is followed by the next process", arguments: unended)
    func goesOn(phase: Phase, code: Int32, says: String) throws {
        let outcome = try Self.outcome(nil, in: phase)
        #expect(outcome.exitCode == code)
        #expect(outcome.text.contains(says), "\(outcome.text)")
    }

    @Test("only the restart of a rehearsal is taken over")
    func origin() {
        func intent(
            _ reason: String,
            _ source: RestartRequest.Source,
            _ mode: Mode,
            _ action: GraphAction = .restart
        ) -> Intent {
            let request = RestartRequest(
                graphID: GraphID("g1"),
                hangClass: .unresponsive,
                alertname: "",
                reason: reason,
                activeAt: Self.now,
                source: source
            )
            var intent = Intent(
                request: request,
                graphName: "demo",
                attempt: 1,
                createdAt: Self.now,
                action: action
            )
            intent.mode = mode
            return intent
        }
        let reason = RehearsalSettings.reason
        #expect(intent(reason, .person("alice"), .shadow).isRehearsal)
        #expect(!intent(reason, .person("alice"), .auto).isRehearsal)
        #expect(!intent(reason, .rules, .shadow).isRehearsal)
        #expect(!intent("it hangs", .person("alice"), .shadow).isRehearsal)
        for action in [GraphAction.stop, .start, .cancel] {
            #expect(!intent(reason, .person("alice"), .shadow, action).isRehearsal)
        }
    }
}
