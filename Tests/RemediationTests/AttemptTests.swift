import Remediation
import Testing
import Time

/// How attempts end, how they are counted, and the cool-downs that follow.
@Suite struct AttemptTests {
    @Test(
        "each outcome of the POST leads to its phase",
        arguments: [
            (.accepted(jobID: "j"), "restarting", nil),
            (.accepted(jobID: ""), "restarting", nil),
            (.accepted(jobID: nil), "restarting", nil),
            (.refused(code: "GES.7016", message: "no"), "waiting", .refused),
            (.unauthorised(code: "APIGW.0301", message: "no"), "waiting", .unauthorised),
            (.throttled(retryAfter: nil), "waiting", .throttled),
            (.notSent(reason: "connect"), "waiting", .notSent),
            (.unknown(reason: "reset"), "unknown_outcome", nil),
        ] as [(RestartOutcome, String, AttemptOutcome?)]
    )
    func outcomes(
        outcome: RestartOutcome,
        phase: String,
        ending: AttemptOutcome?
    ) {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(outcome)
        #expect(incident.phase.label == phase)
        let attempt = incident.machine.record(of: Incident.g).attempts.last
        #expect(attempt?.postOutcome == outcome.label)
        #expect(attempt?.ending?.outcome == ending)
        #expect(incident.intents.isEmpty)
    }

    @Test("the cool-down doubles up to its limit")
    func doubling() {
        var incident = Incident {
            $0.maxAttempts = [WindowLimit(window: .seconds(86_400), count: 9)]
        }
        incident.requests = [Incident.request()]
        var hours: [Duration] = []
        for _ in 1...5 {
            incident.fail()
            guard case .coolingDown(let until, _, _) = incident.phase else { continue }
            hours.append(until - incident.now)
            incident.cycle(until - incident.now)
        }
        #expect(hours == [1, 2, 4, 8, 8].map { .seconds($0 * 3600) })
    }

    @Test("a cool-down ends to the millisecond")
    func coolDownEnd() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.fail()
        incident.cycle(.milliseconds(3_600_000 - 1))
        #expect(incident.labels == ["cooldown"])
        incident.cycle(.milliseconds(1))
        #expect(incident.intents.map(\.attempt) == [2])
    }

    @Test("an intent that was not sent is not counted but keeps its number")
    func unsent() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        for _ in 1...4 {
            incident.send(.notSent(reason: "connect"))
            incident.cycle(.seconds(3600))
        }
        #expect(incident.phase.intent?.attempt == 5)
        let use = incident.machine.budgetUse(of: Policy(), at: incident.now)
        #expect(use.map(\.used) == [1, 1])
    }

    @Test("each unsent intent in a row doubles the wait, up to an hour")
    func unsentWait() {
        var incident = Incident { $0.cooldown = .zero }
        incident.requests = [Incident.request()]
        var minutes: [Int64] = []
        for _ in 1...6 {
            incident.send(.notSent(reason: "connect"))
            guard case .waiting(let until, _) = incident.phase else { continue }
            minutes.append((until - incident.now).components.seconds / 60)
            incident.cycle(until - incident.now)
        }
        #expect(minutes == [5, 10, 20, 40, 60, 60])
    }

    @Test("the count of unsent intents ends with the alert, and not during the wait")
    func unsentForgotten() {
        for endsDuringWait in [false, true] {
            var incident = Incident()
            incident.requests = [Incident.request()]
            for _ in 1...3 {
                incident.send(.notSent(reason: "connect"))
                if case .waiting(let until, _) = incident.phase {
                    incident.cycle(until - incident.now)
                }
            }
            incident.send(.notSent(reason: "connect"))
            incident.requests = []
            incident.cycle(endsDuringWait ? .seconds(60) : .seconds(2 * 3600))
            incident.cycle(.seconds(30))
            incident.requests = [Incident.request()]
            incident.cycle(.seconds(2 * 3600))
            incident.send(.notSent(reason: "connect"))
            #expect(incident.labels == ["unsent"])
            let count = incident.machine.record(of: Incident.g).unsentInARow
            #expect(count == (endsDuringWait ? 5 : 1))
        }
    }

    @Test("there is no third attempt within six hours")
    func exhausted() {
        var incident = Incident { $0.cooldown = .seconds(60) }
        incident.requests = [Incident.request()]
        incident.fail()
        incident.cycle(.seconds(60))
        incident.fail()
        #expect(incident.phase.label == "exhausted")
        #expect(incident.machine.awaitingAcknowledgement == [Incident.g])
        incident.cycle(.seconds(30 * 86_400))
        #expect(incident.phase.label == "exhausted")
    }

    @Test("an acknowledgement resets the count of attempts if it clears them")
    func acknowledged() {
        var incident = Incident { $0.cooldown = .seconds(60) }
        incident.requests = [Incident.request()]
        for _ in 1...2 {
            incident.fail()
            incident.cycle(.seconds(120))
        }
        #expect(incident.phase.label == "exhausted")
        incident.order(.acknowledge(Incident.g, clearsAttempts: true))
        incident.cycle(.seconds(20 * 60))
        incident.fail()
        #expect(
            incident.phase
                == .coolingDown(
                    until: incident.now + .seconds(60),
                    attempt: 3,
                    outcome: .probablyNotLanded
                )
        )
        let use = incident.machine.budgetUse(of: Policy(), at: incident.now)
        #expect(use.map(\.used) == [1, 3], "the budget of the fleet still counts all of them")
    }

    @Test("an acknowledgement that clears nothing lets the attempts age out of their window")
    func acknowledgedOnly() {
        var incident = Incident { $0.cooldown = .seconds(60) }
        incident.requests = [Incident.request()]
        for _ in 1...2 {
            incident.fail()
            incident.cycle(.seconds(120))
        }
        let first = incident.machine.record(of: Incident.g).attempts[0].createdAt
        incident.order(.acknowledge(Incident.g))
        #expect(
            incident.answer?.contains("it has used 2 of 2 attempts in 6h, until") == true
        )
        incident.cycle(.seconds(20 * 60))
        #expect(incident.labels == ["graph_budget"])
        incident.cycle(first + .seconds(6 * 3600) - incident.now - .seconds(1))
        #expect(incident.labels == ["graph_budget"])
        incident.cycle(.seconds(1))
        #expect(incident.intents.map(\.attempt) == [3])
    }

    @Test("attempts age out of their window")
    func slidingWindow() {
        var incident = Incident { $0.cooldown = .seconds(60) }
        incident.requests = [Incident.request()]
        for attempt in 1...3 {
            incident.restartAndVerify(job: "j\(attempt)")
            #expect(incident.phase.label == "cooling_down")
            incident.requests = []
            incident.cycle(.seconds(6 * 3600))
            incident.requests = [Incident.request()]
        }
        incident.cycle()
        #expect(incident.labels == ["graph_budget"])
        incident.cycle(.seconds(6 * 3600))
        #expect(incident.phase.label == "intended")
    }

    @Test("a window whose attempts were not all verified needs a person")
    func mixedWindow() {
        var incident = Incident { $0.cooldown = .seconds(60) }
        incident.requests = [Incident.request()]
        incident.fail()
        incident.cycle(.seconds(60))
        incident.restartAndVerify(job: "j2")
        incident.cycle(.seconds(600))
        #expect(incident.phase.label == "exhausted")
        incident.cycle(.seconds(30 * 86_400))
        #expect(incident.phase.label == "exhausted")
    }

    @Test(
        "what certainly did not happen costs nothing, and a person is told after the third in a row",
        arguments: [
            .refused(code: "GES.7016", message: "no"), .throttled(retryAfter: nil),
            .notSent(reason: "connect"),
        ] as [RestartOutcome]
    )
    func nothingHappened(outcome: RestartOutcome) {
        var incident = Incident()
        incident.requests = [Incident.request()]
        for attempt in 1...4 {
            incident.send(outcome)
            let pages = incident.effects.compactMap(\.audit).filter { $0.severity == .critical }
            #expect(pages.map(\.kind) == (attempt < 3 ? [] : [.unsent]))
            incident.cycle(.seconds(3600))
        }
        let use = incident.machine.budgetUse(of: Policy(), at: incident.now)
        #expect(use.map(\.used) == [1, 1], "only the one that was just decided")
        #expect(incident.machine.record(of: Incident.g).attempts.count == 5)
    }

    @Test("POSTs are bounded whatever becomes of them; what was not sent is none")
    func posts() {
        var incident = Incident { $0.posts = [WindowLimit(window: .seconds(86_400), count: 3)] }
        incident.requests = [Incident.request()]
        incident.send(.notSent(reason: "connect"))
        incident.cycle(.seconds(3600))
        for _ in 1...3 {
            incident.send(.refused(code: "GES.7016", message: "no"))
            incident.cycle(.seconds(3600))
        }
        #expect(incident.labels == ["fleet_budget"])
        #expect(
            incident.decision.description
                == "held: the fleet has sent 3 of 3 requests for a restart in 1d, until "
                + "2026-11-24T11:01:00Z"
        )
        #expect(incident.machine.postUse(of: incident.policy, at: incident.now).map(\.used) == [3])
    }

    @Test("the fleet's budget counts every graph")
    func fleetBudget() {
        var incident = Incident {
            $0.budget = [WindowLimit(window: .seconds(3600), count: 2)]
            $0.maxConcurrent = 9
            $0.breaker.soft.graphs = 9
        }
        let ids = ["other-1", "other-2", "other-3"].map { GraphID($0) }
        for id in ids { incident.answer(false, from: id) }
        incident.requests = ids.map { Incident.request($0) }
        incident.cycle()
        #expect(incident.intents.map(\.graphID) == Array(ids.prefix(2)))
        let held = incident.machine.decisions[ids[2]]
        #expect(
            held?.description
                == "held: the fleet has used 2 of 2 restarts in 1h, until 2026-11-23T11:00:30Z"
        )
        incident.requests.removeFirst(2)
        incident.cycle(.seconds(3600) - .milliseconds(1))
        #expect(incident.intents.isEmpty)
        incident.cycle(.milliseconds(1))
        #expect(incident.intents.map(\.graphID) == [ids[2]])
    }

    @Test("a graph whose evidence is being collected holds a slot and counts against the budget")
    func promisedPlace() {
        var incident = Incident {
            $0.budget = [WindowLimit(window: .seconds(3600), count: 1)]
            $0.maxConcurrent = 9
            $0.evidenceTimeout = .seconds(60)
        }
        let other = GraphID("other-1")
        incident.answer(false, from: other)
        incident.requests = [Incident.request(), Incident.request(other)]
        incident.cycle()
        #expect(incident.phase.label == "gathering_evidence")
        #expect(incident.machine.inFlight == [Incident.g])
        #expect(incident.machine.decisions[other]?.label == "hold")
        incident.cycle(.seconds(60))
        #expect(incident.intents.map(\.graphID) == [Incident.g])
    }

    @Test("the counters count changes, not cycles")
    func counters() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.restartAndVerify(job: "j1")
        for _ in 1...10 { incident.cycle() }
        incident.answer(false)
        for _ in 1...10 { incident.cycle() }
        let counters = incident.machine.counters
        #expect(counters.started == 1)
        #expect(counters.suppressed == ["cooldown": 1, "healthy": 1])
        #expect(counters.failures.isEmpty)
        #expect(counters.verifiedDurations.counts.reduce(0, +) == 1)
        #expect(counters.verifiedDurations.sumSeconds == 240)
        #expect(counters.lastVerifiedAt == incident.now - .seconds(600))
    }
}

extension Incident {
    /// An attempt that counts and did not help: its answer was lost and it left no trace.
    mutating func fail() {
        answer(false)
        send(.unknown(reason: "reset"))
        cycle(.seconds(26 * 60))
    }

    /// A complete, successful attempt of four minutes.
    mutating func restartAndVerify(job: String) {
        answer(false)
        send(.accepted(jobID: job))
        answer(true)
        cycle(.seconds(60), .job(Incident.g, jobID: job, .succeeded))
        for _ in 1...5 { cycle() }
        answer(requests.isEmpty)
    }
}
