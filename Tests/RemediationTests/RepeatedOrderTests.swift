import Remediation
import Testing
import Time

/// An order that is given again is the same order: a client whose connection broke asks again.
@Suite struct RepeatedOrderTests {
    private static let hour = Incident.start + .seconds(3600)

    @Test("an order with the same id gets the same answer and is not carried out twice")
    func sameAnswer() {
        var incident = Incident()
        incident.order(.pause(.fleet, until: Self.hour))
        let first = incident.answers
        incident.order(.resume(.fleet), id: "o2")
        incident.order(.pause(.fleet, until: Self.hour + .seconds(30)))
        #expect(incident.answers == first)
        #expect(incident.machine.pauses.isEmpty)
        #expect(incident.effects.compactMap(\.audit).allSatisfy { $0.kind != .order })
    }

    @Test("a refusal is repeated too, although the order would be carried out by now")
    func sameRefusal() {
        var incident = Incident()
        incident.order(.resume(.fleet))
        incident.order(.pause(.fleet, until: Self.hour), id: "o2")
        incident.order(.resume(.fleet))
        #expect(incident.answer == "refused: it is not paused")
        #expect(incident.machine.pauses.count == 1)
    }

    @Test(
        "an id that was used for another order is refused",
        arguments: [
            .resume(.fleet), .pause(.graph(Incident.g), until: hour), .restart(Incident.g),
            .acknowledge(Incident.g),
        ] as [Order.Kind]
    )
    func otherOrder(kind: Order.Kind) {
        var incident = Incident()
        incident.order(.pause(.fleet, until: Self.hour))
        incident.order(kind)
        #expect(
            incident.answer
                == """
                refused: the id "o1" was used at 2026-11-23T10:00:30Z for another order: pause the \
                whole fleet; choose a new id
                """
        )
        #expect(incident.machine.pauses.count == 1)
    }

    @Test("overrides belong to the order, the reason and the end of a pause do not")
    func subjects() {
        let terms = RestartTerms(overrides: [.attempts])
        let forced = RestartTerms(typedName: "orders")
        let kinds: [Order.Kind] = [
            .restart(Incident.g), .restart(Incident.g, terms), .restart(Incident.g, forced),
            .approve(Incident.g), .reject(Incident.g), .acknowledge(Incident.g),
            .acknowledge(Incident.g, clearsAttempts: true), .pause(.fleet, until: Self.hour),
            .pause(.entry("a"), until: Self.hour), .pause(.graph(Incident.g), until: Self.hour),
            .resume(.fleet),
        ]
        #expect(Set(kinds.map(\.subject)).count == kinds.count)
        let later = Order.Kind.pause(.fleet, until: Self.hour + .seconds(1))
        #expect(later.subject == Order.Kind.pause(.fleet, until: Self.hour).subject)
    }

    @Test("two orders with one id in the same step are one order")
    func sameStep() {
        var incident = Incident { $0.evidenceTimeout = .seconds(60) }
        incident.requests = []
        let order = Order(
            id: "o",
            .restart(Incident.g, RestartTerms(overrides: [.diagnosis])),
            by: "kim",
            reason: "x"
        )
        incident.step([.order(order), .order(order)])
        #expect(incident.answers.map(\.text) == ["the restart begins", "the restart begins"])
    }

    @Test("answers survive a start of the agent")
    func afterStart() {
        var incident = Incident()
        incident.order(.pause(.fleet, until: Self.hour))
        let first = incident.answers
        incident.restartAgent(after: .seconds(10))
        incident.order(.pause(.fleet, until: Self.hour))
        #expect(incident.answers == first)
    }

    @Test("an answer is kept for thirty days")
    func retention() {
        var incident = Incident()
        incident.order(.resume(.fleet))
        incident.cycle(AnsweredOrder.retention - .seconds(60))
        incident.order(.pause(.graph(Incident.g), until: incident.now + .seconds(60)))
        #expect(incident.answer?.contains("was used") == true)
        incident.order(.pause(.graph(Incident.g), until: incident.now + .seconds(60)))
        #expect(incident.answers.map(\.outcome) == [.done])
    }

    @Test("an answer is kept as long although the clock is set meanwhile", arguments: [-40, 40])
    func clock(days: Int) {
        var incident = Incident()
        incident.order(.resume(.fleet))
        let at = incident.now
        let jump = Duration.seconds(days * 86_400)
        incident.setClock(by: jump)
        #expect(incident.machine.snapshot.answered.map(\.at) == [at + jump])
        incident.restartAgent(after: .seconds(10))
        #expect(incident.machine.snapshot.answered.map(\.at) == [at + jump])
        incident.order(.pause(.graph(Incident.g), until: incident.now + .seconds(60)))
        #expect(incident.answer?.contains("was used") == true)
    }

    @Test("the answers in memory are bounded, and the newest stay")
    func capacity() {
        var incident = Incident()
        for batch in 0...11 {
            incident.now = incident.now + .seconds(1)
            incident.step(
                (0..<1_000).map { number in
                    .order(Order(id: "\(batch)-\(number)", .resume(.fleet), by: "k", reason: "x"))
                }
            )
        }
        let ids = Set(incident.machine.snapshot.answered.map(\.id))
        #expect(ids.count <= AnsweredOrder.capacity)
        #expect(ids.isSuperset(of: (0..<1_000).map { "11-\($0)" }))
    }

    // MARK: - A disk that refuses

    /// Gives an order in a step whose changes the disk refuses.
    private func refused(_ incident: inout Incident, _ kind: Order.Kind) {
        let order = Order(id: "o1", kind, by: "kim", reason: "on call")
        _ = incident.machine.step(
            requests: incident.requests,
            reports: [.order(order)],
            view: incident.view.judged(at: incident.now),
            at: incident.now
        )
        incident.machine.changesWereRefused()
    }

    @Test("a restart whose record the disk refused is judged anew when it is ordered again")
    func unrecordedRestart() {
        for kind in [Order.Kind.restart(Incident.g), .approve(Incident.g)] {
            var incident = Incident(mode: .approve)
            incident.requests = [Incident.request()]
            incident.cycle()
            refused(&incident, kind)
            #expect(incident.machine.changes.answered.isEmpty)
            incident.send(.notSent(reason: "the disk is full"))
            incident.order(kind)
            #expect(incident.answers.map(\.outcome) != [.done])
            #expect(incident.intents.isEmpty)
        }
    }

    @Test("a pause whose record the disk refused is in force, and written later")
    func unrecordedPause() {
        var incident = Incident()
        refused(&incident, .pause(.fleet, until: Self.hour))
        #expect(incident.machine.changes.answered.map(\.id) == ["o1"])
        #expect(incident.machine.changes.pauses?.count == 1)
        incident.order(.pause(.fleet, until: Self.hour))
        #expect(incident.answers.map(\.outcome) == [.done])
    }

    @Test("an order that was held while the disk refused may be tried again")
    func unrecordedHold() {
        var incident = Incident()
        incident.view.detectOnly = "the ledger cannot be written"
        incident.requests = [Incident.request()]
        refused(&incident, .restart(Incident.g))
        #expect(incident.machine.changes.answered.isEmpty)
        incident.view.detectOnly = nil
        incident.order(.restart(Incident.g))
        #expect(incident.answer == "the restart begins")
    }
}
