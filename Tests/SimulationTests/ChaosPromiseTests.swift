import Diagnosis
@testable import Remediation
import Testing
import Time
@testable import chaos

/// Rounds that pass do not show that a broken promise would be noticed. Each of these rounds breaks
/// one.
@Suite("The promises that rounds of chaos are judged by")
struct ChaosPromiseTests {
    private static let start = Timestamp(milliseconds: 1_800_000_000_000)

    private static func second(_ seconds: Int) -> Timestamp { start + .seconds(seconds) }

    /// An attempt that is decided at one second and, unless it is open, is verified at another.
    private static func attempt(
        _ graph: String,
        _ number: Int,
        from: Int,
        to end: Int?,
        _ outcome: AttemptOutcome = .verified
    ) -> Attempt {
        let request = RestartRequest(
            graphID: GraphID(graph),
            hangClass: .unresponsive,
            alertname: "GraphUnresponsive",
            reason: "",
            activeAt: start
        )
        let intent = Intent(
            request: request,
            graphName: graph,
            attempt: number,
            createdAt: second(from)
        )
        var attempt = Attempt(of: intent)
        attempt.ending = end.map { Attempt.Ending(outcome: outcome, at: second($0)) }
        return attempt
    }

    /// Two graphs were restarted, one after the other.
    private static var sound: Evidence {
        let attempts = [
            attempt("a", 1, from: 10, to: 14), attempt("a", 2, from: 60, to: 64),
            attempt("b", 1, from: 20, to: 24),
        ]
        var evidence = Evidence(
            limits: Limits(places: 1, budget: 3, attempts: 2, cooldownSeconds: 30),
            requests: [request("a", 11), request("b", 21), request("a", 61)],
            sendings: attempts.map { Evidence.Sending(agent: 1, intent: $0.intentID) },
            records: [],
            holds: [Pauses.Hold(graph: "b", from: second(30), to: second(70))],
            vain: 0,
            restartDuration: .seconds(3)
        )
        for graph in ["a", "b"] {
            var record = GraphRecord(id: GraphID(graph))
            record.attempts = attempts.filter { $0.intentID.hasPrefix(graph) }
            evidence.records.append(record)
        }
        return evidence
    }

    private static func request(
        _ graph: String,
        _ at: Int,
        isAccepted: Bool = true
    ) -> Evidence.Request {
        Evidence.Request(graph: graph, at: second(at), isAccepted: isAccepted)
    }

    @Test("are kept by restarts that are apart")
    func kept() {
        #expect(Promises.broken(Self.sound) == [])
    }

    /// What breaks a promise, and a part of what must be said of it.
    struct Breach: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (inout Evidence) -> Void

        init(_ said: String, _ change: @escaping @Sendable (inout Evidence) -> Void) {
            testDescription = said
            self.change = change
        }
    }

    private static let breaches: [Breach] = [
        Breach("was sent 2 times, by 1 and 2") { evidence in
            let intent = evidence.sendings[0].intent
            evidence.sendings.append(Evidence.Sending(agent: 2, intent: intent))
        },
        Breach("was sent 2 times, by 1 and 1") { $0.sendings.append($0.sendings[0]) },
        Breach("was sent and is not in the ledger") { $0.records[1].attempts = [] },
        Breach("b: 2 requests for 1 attempts") { $0.requests.append(request("b", 70)) },
        // A request that nobody accepted is one as well.
        Breach("b: 2 requests for 1 attempts") {
            $0.requests.append(request("b", 70, isAccepted: false))
        },
        Breach("precedes its attempt") { $0.requests[1] = request("b", 19) },
        Breach("with a cool-down of 30 s") { $0.requests[2] = request("a", 40) },
        Breach("2 restarts in flight in the cloud") { $0.requests[1] = request("b", 13) },
        Breach("2 restarts in flight in the ledger") { evidence in
            evidence.records[1].attempts = [attempt("b", 1, from: 12, to: 24)]
        },
        // One that has not ended holds its place.
        Breach("2 restarts in flight in the ledger") { evidence in
            evidence.records[1].attempts[0].ending = nil
        },
        Breach("3 restarts in an hour, the budget is 2") { evidence in
            evidence.limits = Limits(places: 1, budget: 2, attempts: 2, cooldownSeconds: 30)
        },
        Breach("a: 2 restarts in an hour, of 1") { evidence in
            evidence.limits = Limits(places: 1, budget: 3, attempts: 1, cooldownSeconds: 30)
        },
        Breach("was decided under a pause") { evidence in
            evidence.holds = [Pauses.Hold(graph: "a", from: second(50), to: nil)]
        },
        Breach("was decided under a pause") { evidence in
            evidence.holds = [Pauses.Hold(graph: nil, from: second(19), to: second(21))]
        },
        Breach("1 restarts of graphs that did not hang") { $0.vain = 1 },
    ]

    @Test("each notice what breaks it", arguments: breaches)
    func broken(breach: Breach) {
        var evidence = Self.sound
        breach.change(&evidence)
        let broken = Promises.broken(evidence)
        let said = breach.testDescription
        #expect(broken.contains { $0.contains(said) }, "\(said): \(broken)")
    }

    @Test(
        "that depend on time are judged if the machine was not busy",
        arguments: [
            (100, "broken", "late", nil, .broken), (900, "broken", "late", nil, .broken),
            (100, nil, "late", nil, .broken), (900, nil, "late", nil, .inconclusive),
            (100, nil, nil, "no leader", .broken), (900, nil, nil, "no leader", .inconclusive),
            (900, nil, nil, nil, .kept),
        ] as [(Int, String?, String?, String?, RoundReport.Outcome)]
    )
    func outcome(
        delayMilliseconds: Int,
        broken: String?,
        late: String?,
        error: String?,
        expected: RoundReport.Outcome
    ) {
        var report = RoundReport(plan: RoundPlan(seed: 1, agents: 2, members: 1))
        report.broken = [broken].compactMap(\.self)
        report.late = [late].compactMap(\.self)
        report.error = error
        report.delay = .milliseconds(delayMilliseconds)
        #expect(report.outcome == expected)
        #expect((report.failure == nil) == (expected == .kept))
    }
}
