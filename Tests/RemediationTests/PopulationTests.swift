import Diagnosis
import Remediation
import Testing
import Time

/// What stands beside the hung graph, and whether it is restarted all the same.
struct PopulationCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let isRestarted: Bool
    let prepare: @Sendable (inout Incident) -> Void

    init(
        _ name: String,
        restarted: Bool,
        _ prepare: @escaping @Sendable (inout Incident) -> Void
    ) {
        testDescription = name
        isRestarted = restarted
        self.prepare = prepare
    }

    static let all = [
        PopulationCase("nothing else is sick", restarted: true) { _ in },
        PopulationCase("one other is newly sick", restarted: true) { $0.sicken(1) },
        PopulationCase("two others are newly sick", restarted: false) { $0.sicken(2) },
        PopulationCase("four others are newly sick", restarted: false) { $0.sicken(4) },
        PopulationCase("nine others are off", restarted: true) {
            $0.sicken(9)
            $0.change(9) { $0.policy?.mode = .off }
        },
        PopulationCase("nine others match no entry", restarted: true) {
            $0.sicken(9)
            $0.change(9) { $0.policy = nil }
        },
        PopulationCase("nine others never answered", restarted: true) {
            $0.sicken(9)
            $0.change(9) { $0.wasReached = false }
        },
        PopulationCase("nine others are stopped", restarted: true) {
            $0.change(9) { $0.statusCode = "900" }
        },
        PopulationCase("two others in shadow mode are newly sick", restarted: false) {
            $0.sicken(2)
            $0.change(2) { $0.policy?.mode = .shadow }
        },
        PopulationCase("alone in the fleet", restarted: true) { $0.keep(0) },
        PopulationCase("all that this agent reads are silent", restarted: true) {
            $0.lose(1)
            $0.leave(2...19) { $0.isWellElsewhere = true }
        },
        PopulationCase("all are silent, and nobody watches the rest", restarted: false) {
            $0.lose(1)
            $0.leave(2...19) { _ in }
        },
        PopulationCase("all that are not read are lost for another agent", restarted: false) {
            $0.leave(1...19) {
                $0.isWellElsewhere = true
                $0.unreachableSince = $0.probe?.at
            }
        },
        PopulationCase("all others are lost for another agent, one is well", restarted: true) {
            $0.leave(1...18) {
                $0.isWellElsewhere = true
                $0.unreachableSince = $0.probe?.at
            }
        },
        PopulationCase("two others are newly sick for another agent", restarted: false) {
            $0.leave(1...2) { $0.suspectedSince = $0.probe?.at }
        },
        PopulationCase("one other is newly sick for another agent", restarted: true) {
            $0.leave(1...1) { $0.suspectedSince = $0.probe?.at }
        },
        PopulationCase("this agent sees what another one takes for sick", restarted: true) {
            $0.change(9) { $0.suspectedSince = $0.probe?.at }
        },
        PopulationCase("the rest of the fleet is stopped", restarted: true) {
            $0.change(19) { $0.statusCode = "900" }
        },
        PopulationCase("all of two are silent", restarted: false) {
            $0.keep(1)
            $0.sicken(1)
        },
        PopulationCase("all that run are silent, the rest is stopped", restarted: false) {
            $0.change(19) { $0.statusCode = "900" }
            $0.change(1) { $0.statusCode = "200" }
            $0.sicken(1)
        },
        PopulationCase("all of its path are silent", restarted: false) {
            $0.sicken(1)
            $0.change(1) { $0.path = .other }
            $0[Incident.g].path = .other
        },
        PopulationCase("it is alone on its path", restarted: true) {
            $0.sicken(1)
            $0[Incident.g].path = .other
        },
        PopulationCase("one of its path answers", restarted: true) {
            $0.sicken(1)
            $0.change(2) { $0.path = .other }
            $0[Incident.g].path = .other
        },
        PopulationCase("a tenth of a large fleet by percent", restarted: false) {
            $0.sicken(1)
            for id in $0.view.graphs.keys {
                $0.setPolicy(of: id) { $0.breaker.hard.percent = 10 }
            }
        },
    ]
}

extension Path {
    /// Nothing on it is reached.
    static let lost = Path(addressKind: "private", network: "lost", scheme: "http", port: 80)
    static let other = Path(addressKind: "private", network: "other", scheme: "http", port: 80)
}

extension Incident {
    /// Changes the first graphs beside `g`.
    mutating func change(_ count: Int, _ change: (inout GraphView) -> Void) {
        for number in 1...count { change(&self[GraphID("other-\(number)")]) }
    }

    /// Makes the path to the first graphs beside `g` fail.
    mutating func lose(_ count: Int) {
        sicken(count)
        change(count) { $0.path = .lost }
    }

    /// Does not read these graphs.
    mutating func leave(_ numbers: ClosedRange<Int>, _ change: (inout GraphView) -> Void) {
        for number in numbers {
            let id = GraphID("other-\(number)")
            self[id].observedAt = nil
            change(&self[id])
        }
    }

    /// Leaves only so many graphs beside `g`.
    mutating func keep(_ count: Int) {
        for number in (count + 1)...19 { view.graphs[GraphID("other-\(number)")] = nil }
    }

    mutating func heal(_ numbers: ClosedRange<Int>) {
        for number in numbers { answer(true, from: GraphID("other-\(number)")) }
    }
}

@Suite struct PopulationTests {
    @Test(
        "only what is in scope, was reached and is newly sick counts",
        arguments: PopulationCase.all
    )
    func counted(row: PopulationCase) {
        var incident = Incident()
        row.prepare(&incident)
        incident.requests = [Incident.request()]
        incident.step()
        #expect(!incident.intents.isEmpty == row.isRestarted, "\(incident.text)")
        if !row.isRestarted { #expect(incident.labels.contains("storm")) }
    }

    @Test("graphs that were sick before do not count")
    func longSick() {
        var incident = Incident()
        incident.answer(true)
        incident.sicken(2)
        incident.step()
        incident.cycle(.seconds(31 * 60))
        incident.answer(false)
        incident.requests = [Incident.request()]
        incident.cycle()
        #expect(incident.intents.map(\.graphID) == [Incident.g])
    }

    @Test("a storm in which nothing answers any more lasts, however long")
    func lasting() {
        var incident = Incident()
        incident.keep(4)
        incident.requests = [Incident.request()]
        incident.sicken(4)
        incident.step()
        for _ in 1...24 {
            incident.cycle(.seconds(600))
            #expect(incident.labels == ["storm"])
            #expect(incident.machine.stormLevel(under: incident.policy) == .hard)
        }
    }

    @Test(
        "what a storm itself holds does not keep it up: it settles when nothing new becomes sick",
        arguments: [
            ("all of three, and one recovers", 2, 2, 1), ("four of twenty", 19, 3, 0),
            ("half of twenty", 19, 9, 0), ("half of twenty, and some recover", 19, 9, 4),
        ]
    )
    func settlingWithSick(name: String, others: Int, sick: Int, healed: Int) {
        var incident = Incident { $0.maxConcurrent = 9 }
        if others < 19 { incident.keep(others) }
        incident.requests =
            [Incident.request()]
            + (1...sick).map { Incident.request(GraphID("other-\($0)"), activeFor: .seconds(60)) }
        incident.sicken(sick)
        incident.step()
        incident.requests.removeAll { request in
            (0...healed).contains { request.graphID == GraphID("other-\($0)") }
        }
        if healed > 0 { incident.heal(1...healed) }
        for _ in 1...(44 * 2) {
            incident.cycle()
            #expect(incident.labels.first == "storm", "\(name)")
        }
        for _ in 1...6 where incident.intents.isEmpty { incident.cycle() }
        #expect(incident.intents.map(\.graphID) == [Incident.g], "\(name)")
        let second = incident.machine.decisions[GraphID("other-\(sick)")]
        #expect(second?.holdReasons.first == .canary(of: [Incident.g]), "\(name)")
        // Nothing else begins before that one has ended.
        for _ in 1...40 {
            incident.cycle()
            #expect(incident.intents.isEmpty, "\(name)")
        }
    }

    @Test("a hard storm becomes a soft one when it has settled as far")
    func milder() {
        var incident = Incident { $0.breaker.hard.graphs = 10 }
        incident.requests = [Incident.request()]
        incident.sicken(9)
        incident.step()
        #expect(incident.machine.stormLevel(under: incident.policy) == .hard)
        incident.heal(1...6)
        incident.cycle()
        incident.cycle(.seconds(15 * 60 - 1))
        #expect(incident.machine.stormLevel(under: incident.policy) == .hard)
        incident.cycle(.seconds(1))
        #expect(incident.machine.stormLevel(under: incident.policy) == .soft)
        #expect(incident.phase.label == "awaiting_approval")
    }

    @Test(
        "what has been out of reach for longer than the window says nothing about the rest",
        arguments: [(0, true), (29, true), (31, false), (24 * 60, false)]
    )
    func unreachable(minutes: Int, isStorm: Bool) {
        var incident = Incident()
        incident.answer(true)
        for id in incident.view.graphs.keys where id != Incident.g {
            incident[id].path = .lost
            incident.answer(false, from: id)
        }
        // An earlier loss that is over does not count.
        incident.step()
        for id in incident.view.graphs.keys { incident.answer(true, from: id) }
        incident.cycle(.seconds(24 * 3600))
        for id in incident.view.graphs.keys where id != Incident.g {
            incident.answer(false, from: id)
        }
        incident.step()
        incident.cycle(.seconds(Int64(minutes) * 60))
        incident.answer(false)
        incident.requests = [Incident.request()]
        incident.cycle(.milliseconds(1))
        #expect((incident.labels == ["storm"]) == isStorm)
        #expect(incident.intents.isEmpty == isStorm)
    }

    @Test(
        "a storm is over after a settled quarter of an hour below half, and one canary goes first"
    )
    func settling() {
        var incident = Incident { $0.maxConcurrent = 9 }
        incident.sicken(5)
        incident.requests = [Incident.request(), Incident.request(GraphID("other-5"))]
        incident.step()
        incident.heal(1...4)
        incident.cycle()
        for _ in 1...29 {
            incident.cycle()
            #expect(incident.labels == ["storm"])
        }
        incident.cycle()
        #expect(incident.intents.map(\.graphID) == [Incident.g])
        #expect(incident.machine.stormLevel(under: incident.policy) == nil)
        let other = incident.machine.decisions[GraphID("other-5")]
        #expect(
            other?.description == "held: after a storm restarts go one by one, and another one is "
                + "not verified yet: g"
        )
        incident.restartAndVerify(job: "j1")
        incident.cycle()
        #expect(incident.machine.record(of: GraphID("other-5")).phase.label == "intended")
    }

    @Test("a storm that comes back does not settle")
    func returning() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.sicken(4)
        incident.step()
        for _ in 1...6 {
            incident.heal(1...4)
            incident.cycle(.seconds(600))
            incident.sicken(4)
            incident.cycle(.seconds(300))
            #expect(incident.labels == ["storm"])
        }
    }

    @Test("shadow graphs that stay sick hold the others no longer than the window")
    func shadows() {
        var incident = Incident()
        incident.change(5) { $0.policy?.mode = .shadow }
        incident.requests = [Incident.request()]
        incident.sicken(5)
        incident.step()
        #expect(incident.labels == ["storm"])
        incident.cycle(.seconds(31 * 60))
        incident.cycle(.seconds(16 * 60))
        #expect(incident.intents.map(\.graphID) == [Incident.g])
    }

    @Test("a blind agent forgets no storm")
    func blind() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.sicken(4)
        incident.step()
        let since = incident.view.sightSince
        incident.view.sightSince = nil
        incident.cycle(.seconds(3600))
        incident.view.sightSince = since
        incident.cycle()
        #expect(incident.labels == ["storm"])
    }
}

extension Incident {
    var policy: Policy { self[Self.g].policy ?? Policy() }
}
