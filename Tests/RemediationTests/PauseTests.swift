import Diagnosis
import Remediation
import Testing
import Time

/// What a pause stops, what it cannot stop, and how it ends.
@Suite struct PauseTests {
    private static let hour = Duration.seconds(3600)

    private func paused(_ incident: inout Incident, _ scope: PauseScope, _ duration: Duration) {
        let until = incident.now + .seconds(30) + duration
        incident.order(.pause(scope, until: until), id: "pause-\(incident.now)")
    }

    @Test("is written to disk when it is resumed, with its end")
    func resumedOnDisk() {
        var incident = Incident()
        incident.pause(.fleet, "upgrade")
        let resume = Order(id: "r", .resume(.fleet), by: "kim", reason: "done")
        _ = incident.machine.step(
            requests: [],
            reports: [.order(resume)],
            view: incident.view.judged(at: incident.now),
            at: incident.now
        )
        #expect(incident.machine.pauses.isEmpty)
        #expect(incident.machine.changes.pauses == incident.machine.snapshot.pauses)
    }

    @Test("no intent follows a pause that was answered, whatever was being prepared")
    func preparations() {
        let policies: [(String, Mode, (inout Policy) -> Void)] = [
            ("gathering_evidence", .auto, { $0.evidenceTimeout = .seconds(60) }),
            ("counting_down", .auto, { $0.veto = [.unresponsive: .seconds(300)] }),
            ("awaiting_approval", .approve, { _ in }),
        ]
        for (phase, mode, change) in policies {
            for scope in [PauseScope.fleet, .graph(Incident.g), .entry("prod")] {
                var incident = Incident(mode: mode, change: change)
                incident.view.entries = ["prod"]
                incident[Incident.g].entry = "prod"
                incident.requests = [Incident.request()]
                incident.cycle()
                #expect(incident.phase.label == phase)
                paused(&incident, scope, Self.hour)
                #expect(incident.answer?.hasSuffix("; 1 in preparation stopped") == true)
                #expect(incident.phase == .idle)
                for _ in 1...100 {
                    incident.cycle()
                    #expect(incident.intents.isEmpty)
                }
            }
        }
    }

    @Test("a pause in the very step in which a restart would be decided wins")
    func sameStep() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        paused(&incident, .fleet, Self.hour)
        #expect(incident.intents.isEmpty)
    }

    @Test("the answer names what is in flight, with the latest possible landing")
    func inFlight() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.cycle()
        let decided = incident.now
        paused(&incident, .graph(Incident.g), Self.hour)
        let sent = incident.answers.first?.inFlight
        #expect(sent?.map(\.graphID) == [Incident.g])
        #expect(sent?.map(\.graphName) == ["orders"])
        #expect(sent?.map(\.attempt) == [1])
        #expect(sent?.map(\.phase) == ["intended"])
        #expect(sent?.map(\.latestLanding) == [decided + .seconds(26 * 60)])
        incident.send(.accepted(jobID: "j1"))
        let accepted = incident.now
        paused(&incident, .fleet, Self.hour)
        #expect(
            incident.answers.first?.inFlight.map(\.latestLanding) == [accepted + .seconds(300)]
        )
        incident.status("901")
        incident.cycle()
        paused(&incident, .fleet, Self.hour)
        #expect(incident.answers.first?.inFlight.map(\.latestLanding) == [nil])
        #expect(incident.answers.first?.inFlight.map(\.phase) == ["restarting"])
        paused(&incident, .graph(GraphID("other-1")), Self.hour)
        #expect(incident.answers.first?.inFlight == [])
    }

    @Test("a pause of an entry holds the graphs that it selects, and no others")
    func entry() {
        var incident = Incident { $0.maxConcurrent = 9 }
        let other = GraphID("other-1")
        incident.view.entries = ["prod", "test"]
        incident[Incident.g].entry = "test"
        incident[other].entry = "prod"
        incident.answer(false, from: other)
        paused(&incident, .entry("test"), Self.hour)
        incident.requests = [Incident.request(), Incident.request(other)]
        incident.cycle()
        #expect(incident.intents.map(\.graphID) == [other])
        #expect(incident.labels == ["paused"])
    }

    @Test("a pause of an entry that is gone holds every graph until it is resumed")
    func missingEntry() {
        var incident = Incident()
        incident.view.entries = ["test"]
        incident[Incident.g].entry = "test"
        paused(&incident, .entry("test"), Self.hour)
        // Renamed.
        incident.view.entries = ["staging"]
        incident[Incident.g].entry = "staging"
        incident.requests = [Incident.request()]
        incident.cycle()
        #expect(incident.labels == ["paused"])
        paused(&incident, .entry("test"), Self.hour)
        #expect(incident.answer?.hasPrefix("not found: no entry of graphs") == true)
        incident.order(.resume(.entry("test")), id: "r")
        #expect(incident.answers.map(\.outcome) == [.done])
        incident.cycle()
        #expect(incident.labels == ["pause_grace"])
    }

    @Test("a pause prevails over a resumption of the same step, and the later pause over another")
    func contraryOrders() {
        func order(_ id: String, _ kind: Order.Kind) -> Report {
            .order(Order(id: id, kind, by: "kim", reason: "x"))
        }
        let now = Incident.start
        for ids in [["a", "b"], ["b", "a"]] {
            var incident = Incident()
            paused(&incident, .fleet, Self.hour)
            incident.step([
                order(ids[0], .resume(.fleet)),
                order(ids[1], .pause(.fleet, until: now + .seconds(7200))),
            ])
            #expect(incident.machine.pauses.map(\.until) == [now + .seconds(7200)])
            incident.step([
                order(ids[0] + "2", .pause(.fleet, until: now + .seconds(600))),
                order(ids[1] + "2", .pause(.fleet, until: now + .seconds(9000))),
            ])
            #expect(incident.machine.pauses.map(\.until) == [now + .seconds(9000)])
        }
    }

    @Test("the end of a pause is announced an hour and ten minutes before, once each")
    func announcements() {
        var incident = Incident()
        paused(&incident, .fleet, .seconds(2 * 3600))
        let start = incident.now
        var told: [Duration] = []
        var isRestarted = false
        while incident.now < start + .seconds(2 * 3600 + 60) {
            incident.cycle()
            if !isRestarted, incident.now > start + .seconds(3700) {
                incident.restartAgent(after: .zero)
                isRestarted = true
            }
            let lines = incident.effects.compactMap(\.audit).filter { $0.kind == .pauseEnding }
            told += lines.map { _ in incident.now - start }
        }
        #expect(told == [.seconds(3600), .seconds(7200 - 600)])
    }

    @Test("a short pause is not announced before what it lasts", arguments: [600, 3600] as [Int64])
    func shortPause(seconds: Int64) {
        var incident = Incident()
        paused(&incident, .fleet, .seconds(seconds))
        var count = 0
        for _ in 0...(seconds / 30) {
            incident.cycle()
            count += incident.effects.compactMap(\.audit).count { $0.kind == .pauseEnding }
        }
        #expect(count == (seconds == 600 ? 0 : 1))
    }

    @Test("after a pause everything is observed anew, whether it expired or was ended")
    func observation() {
        for isResumed in [false, true] {
            var incident = Incident()
            incident.requests = [Incident.request()]
            paused(&incident, .fleet, Self.hour)
            if isResumed {
                incident.order(.resume(.fleet), id: "r")
                #expect(incident.answers.map(\.outcome) == [.done])
            } else {
                incident.cycle(Self.hour)
            }
            #expect(incident.machine.pauses.isEmpty)
            #expect(incident.labels == ["pause_grace"])
            incident.cycle(.seconds(20 * 60 - 1))
            #expect(incident.labels == ["pause_grace"])
            incident.cycle(.seconds(1))
            #expect(incident.intents.count == 1)
        }
    }

    @Test("what a pause covered is observed anew also by an agent that is started meanwhile")
    func observationAfterStart() {
        enum End: CaseIterable { case resumed, expired, expiredWhileDown }
        for end in End.allCases {
            var incident = Incident { $0.startupGrace = .zero }
            incident.requests = [Incident.request()]
            paused(&incident, .fleet, Self.hour)
            switch end {
            case .resumed: incident.order(.resume(.fleet), id: "r")
            case .expired: incident.cycle(Self.hour)
            case .expiredWhileDown: incident.now = incident.now + Self.hour
            }
            for _ in 0..<2 { incident.restartAgent(after: .seconds(10)) }
            incident.cycle(.seconds(30))
            #expect(incident.labels == ["pause_grace"], "\(end)")
            let wait = end == .expiredWhileDown ? 300 : 250
            incident.cycle(.seconds(wait - 1))
            #expect(incident.intents.isEmpty, "\(end)")
            incident.cycle(.seconds(1))
            #expect(incident.intents.count == 1, "\(end)")
            let told = incident.transcript.count { $0.contains("by kim ended") }
            #expect(told == (end == .resumed ? 0 : 1), "\(end)")
        }
    }

    @Test("ended pauses are forgotten in time, and are bounded in number")
    func endedPauses() {
        var incident = Incident()
        let most = 1_000
        for batch in 0...2 {
            let ids = (0..<700).map { GraphID("x\(batch)-\($0)") }
            for id in ids { incident[id] = .settled(id, name: "x", policy: Policy()) }
            incident.now = incident.now + .seconds(60)
            let until = incident.now + .seconds(600)
            for kind in [{ .pause($0, until: until) }, { .resume($0) }]
                as [(PauseScope) -> Order.Kind]
            {
                incident.step(
                    ids.map { id in
                        let kind = kind(.graph(id))
                        return .order(Order(id: "\(kind.verb)\(id)", kind, by: "kim", reason: "x"))
                    }
                )
            }
        }
        let kept = incident.machine.snapshot.pauses
        #expect(kept.count <= most + 1 && kept.count >= most)
        // Those that had to give way hold everything.
        #expect(kept.first?.scope == .fleet)
        incident.requests = [Incident.request()]
        incident.cycle()
        #expect(incident.labels == ["pause_grace"])
        incident.requests = []
        incident.cycle(.seconds(14 * 86_400))
        #expect(incident.machine.snapshot.pauses.isEmpty)
    }

    @Test("people are reminded of a pause each day, once each, also after a start")
    func reminders() {
        var incident = Incident()
        paused(&incident, .fleet, .seconds(4 * 86_400))
        let start = incident.now
        var told: [Int64] = []
        var starts: Set<Int64> = [23 * 3600, 24 * 3600, 49 * 3600]
        while incident.now < start + .seconds(4 * 86_400) {
            incident.cycle(.seconds(600))
            let elapsed = (incident.now - start).components.seconds
            let lines = incident.effects.compactMap(\.audit).filter { $0.kind == .pauseLasting }
            told += lines.map { _ in elapsed / 3600 }
            #expect(
                lines.allSatisfy { $0.detail.contains("the whole fleet has been paused since") }
            )
            if starts.remove(elapsed) != nil { incident.restartAgent(after: .zero) }
        }
        #expect(told == [24, 48, 72])
        // A down-time of days is one reminder.
        paused(&incident, .fleet, .seconds(9 * 86_400))
        incident.restartAgent(after: .seconds(5 * 86_400))
        let reminders = (0..<3).map { _ in
            incident.cycle()
            return incident.effects.compactMap(\.audit).count { $0.kind == .pauseLasting }
        }
        #expect(reminders == [1, 0, 0])
    }

    @Test("without a start-up grace the observation of the diagnosis remains")
    func leastObservation() {
        var incident = Incident { $0.startupGrace = .zero }
        incident.requests = [Incident.request()]
        paused(&incident, .graph(Incident.g), .seconds(60))
        incident.cycle(.seconds(60))
        #expect(incident.labels == ["pause_grace"])
        incident.cycle(.seconds(300))
        #expect(incident.intents.count == 1)
    }

    @Test("the end of a pause moves along when the clock is set")
    func clock() {
        var incident = Incident()
        paused(&incident, .fleet, Self.hour)
        incident.order(.resume(.fleet), id: "r")
        incident.machine.shift(by: .seconds(86_400))
        incident.view.sightSince = Incident.start - .seconds(86_400)
        incident.now = incident.now + .seconds(86_400)
        incident[Incident.g].statusSince = Incident.start
        incident.requests = [Incident.request()]
        incident.cycle()
        #expect(incident.labels == ["pause_grace"])
    }

    @Test("who resumes a graph of a paused fleet is told what is paused")
    func otherScope() {
        var incident = Incident()
        incident.view.entries = ["prod"]
        incident[Incident.g].entry = "prod"
        paused(&incident, .entry("prod"), Self.hour)
        incident.order(.resume(.graph(Incident.g)), id: "r1")
        #expect(
            incident.answer
                == "refused: it is not paused, but entry \"prod\" is; resume that"
        )
        incident.order(.resume(.fleet), id: "r2")
        #expect(incident.answer == "refused: it is not paused")
        incident.order(.resume(.entry("prod")), id: "r3")
        #expect(incident.answers.map(\.outcome) == [.done])
    }

    @Test("a second pause of a scope replaces the first, also by a shorter one")
    func replaced() {
        var incident = Incident()
        paused(&incident, .fleet, Self.hour)
        paused(&incident, .fleet, .seconds(60))
        #expect(incident.machine.pauses.map(\.until) == [incident.now + .seconds(60)])
    }

    @Test("a pause of a graph that is gone can be ended")
    func gone() {
        var incident = Incident()
        paused(&incident, .graph(Incident.g), Self.hour)
        incident.view.graphs[Incident.g] = nil
        incident.order(.resume(.graph(Incident.g)), id: "r")
        #expect(incident.machine.pauses.isEmpty)
    }

    @Test("there are a thousand pauses at most")
    func most() {
        var incident = Incident()
        let ids = (0..<1_001).map { GraphID("p-\($0)") }
        for id in ids { incident[id] = .settled(id, name: "p", policy: nil) }
        incident.step(
            ids.map { id in
                let kind = Order.Kind.pause(.graph(id), until: incident.now + Self.hour)
                return .order(Order(id: id.rawValue, kind, by: "kim", reason: "x"))
            }
        )
        #expect(incident.machine.pauses.count == 1_000)
        #expect(incident.answers.count { $0.outcome == .refused } == 1)
    }

    @Test("an agent that only detects accepts a pause, and refuses what would act")
    func detectOnly() {
        var incident = Incident(mode: .approve)
        incident.requests = [Incident.request()]
        incident.cycle()
        incident.view.detectOnly = "the clock was set"
        incident.order(.approve(Incident.g), id: "a")
        #expect(incident.answers.map(\.outcome) == [.held])
        incident.order(.restart(Incident.g, RestartTerms(overrides: Set(Override.allCases))))
        #expect(incident.answers.first?.reasons.map(\.reason) == ["detect_only"])
        paused(&incident, .fleet, Self.hour)
        #expect(incident.answers.map(\.outcome) == [.done])
    }
}
