import Diagnosis
import Remediation
import Testing
import Time

@Suite struct PolicyTests {
    struct Problem: Sendable, CustomTestStringConvertible {
        let text: String
        let make: @Sendable (inout Policy) -> Void

        init(_ text: String, _ make: @escaping @Sendable (inout Policy) -> Void) {
            self.text = text
            self.make = make
        }

        var testDescription: String { text }

        static let all = [
            Problem("cooldown must not be negative, but is -1s") { $0.cooldown = .seconds(-1) },
            Problem("verify.within must not be negative, but is -1m") {
                $0.verify.within = .seconds(-60)
            },
            Problem("veto.import must not be negative") { $0.veto = [.importing: .seconds(-1)] },
            Problem("max_attempts must have at least one window") { $0.maxAttempts = [] },
            Problem("budget must have at least one window") { $0.budget = [] },
            Problem("the window 8d of budget must be longer than 0s and at most 7d") {
                $0.budget[0].window = .seconds(8 * 86_400)
            },
            Problem("the window 0s of max_attempts must be longer than 0s and at most 7d") {
                $0.maxAttempts[1].window = .zero
            },
            Problem("the window 8d of kill_budget must be longer than 0s and at most 7d") {
                $0.killBudget[0].window = .seconds(8 * 86_400)
            },
            Problem("the count -1 of budget must be between 0 and 1000") {
                $0.budget[1].count = -1
            },
            Problem("restart_timeout must be longer than 0s") { $0.restartTimeout = .zero },
            Problem("max_concurrent must not be negative") { $0.maxConcurrent = -1 },
            Problem("verify.probes must be at least 1") { $0.verify.probes = 0 },
            Problem("breaker.soft.graphs must be at least 1") { $0.breaker.soft.graphs = 0 },
            Problem("breaker.hard.percent must be between 0 and 100") {
                $0.breaker.hard.percent = 101
            },
            Problem("breaker.hard must not be below breaker.soft") { $0.breaker.hard.graphs = 2 },
        ]
    }

    @Test("the defaults have no problems")
    func defaults() {
        #expect(Policy().problems.isEmpty)
        #expect(Policy().cautions.isEmpty)
        #expect(Policy().mode == .shadow)
    }

    @Test("each problem is named", arguments: Problem.all)
    func problems(problem: Problem) {
        var policy = Policy()
        problem.make(&policy)
        #expect(policy.problems == [problem.text])
    }

    @Test("a cool-down shorter than the delay of a lost restart causes a warning")
    func shortCoolDown() {
        var policy = Policy()
        policy.cooldown = .seconds(26 * 60)
        #expect(policy.cautions.isEmpty)
        policy.cooldown = .seconds(26 * 60 - 1)
        #expect(policy.problems.isEmpty)
        #expect(policy.cautions.count == 1)
    }

    @Test("the worst case follows from the tightest window")
    func worstCase() {
        let policy = Policy()
        #expect(policy.mostRestarts(in: .seconds(3600)) == 3)
        #expect(policy.mostRestarts(in: .seconds(2 * 3600)) == 6)
        #expect(policy.mostRestarts(in: .seconds(86_400)) == 10)
        #expect(policy.mostRestartsOfOneGraph(in: .seconds(3600)) == 2)
        #expect(policy.mostRestartsOfOneGraph(in: .seconds(86_400)) == 3)
        // Refused ones wait 5, 10, 20 and 40 minutes, then an hour each.
        #expect(policy.mostPostsOfOneGraph(in: .seconds(3600)) == 4)
        #expect(policy.mostPostsOfOneGraph(in: .seconds(86_400)) == 27)
    }

    @Test(
        "a threshold is the smaller of the two counts, and at least two",
        arguments: [
            (5, nil, 10, 5), (5, nil, 10_000, 5), (5, 5, 10, 2), (5, 5, 41, 3), (5, 5, 100, 5),
            (5, 5, 10_000, 5), (1, nil, 10, 2), (1, 50, 10, 2), (5, 0, 10, 2), (9, 100, 4, 4),
        ] as [(Int, Double?, Int, Int)]
    )
    func thresholds(graphs: Int, percent: Double?, size: Int, count: Int) {
        let threshold = Breaker.Threshold(graphs: graphs, percent: percent)
        #expect(threshold.count(populationSize: size) == count)
    }
}

@Suite struct PreflightTests {
    private let intent = Intent(
        request: Incident.request(),
        graphName: "orders",
        attempt: 1,
        createdAt: Incident.start
    )

    @Test("the graph must still be as it was at the decision")
    func preflight() {
        func verdict(_ code: String, _ name: String, _ seconds: Int64) -> PreflightVerdict {
            intent.preflight(
                statusCode: code,
                name: name,
                at: Incident.start + .seconds(seconds)
            )
        }
        #expect(verdict("200", "orders", 0) == .send)
        #expect(verdict("200", "orders", 60) == .send)
        #expect(
            verdict("901", "orders", 0)
                == .stop("its status is now 901; the restart was decided for 200")
        )
        #expect(
            verdict("200", "billing", 0)
                == .stop("the graph is now named \"billing\", not \"orders\"")
        )
        #expect(
            verdict("200", "orders", 61)
                == .stop("it was decided at 2026-11-23T10:00:00Z, not within the last 1m")
        )
        #expect(verdict("200", "orders", -61) != .send)
    }
}
