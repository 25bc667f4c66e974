import Remediation
import Testing
import Time

/// A restart while the outcome of the one before is not known: the graph may be restarted twice.
@Suite struct ForcedRestartTests {
    /// A graph whose restart was sent and never answered.
    private func unknown(_ change: (inout Policy) -> Void = { _ in }) -> Incident {
        var incident = Incident(change: change)
        incident.requests = [Incident.request()]
        incident.send(.unknown(reason: "time-out"))
        #expect(incident.phase.label == "unknown_outcome")
        return incident
    }

    @Test("only the typed name of the graph passes an outcome that is not known")
    func typedName() {
        var incident = unknown()
        incident.order(.restart(Incident.g, RestartTerms(overrides: Set(Override.named))))
        #expect(incident.answers.first?.reasons.map(\.override) == [.unknownOutcome])
        incident.order(.restart(Incident.g, RestartTerms(typedName: "Orders")), id: "o2")
        #expect(incident.answer == "refused: the graph is not named \"Orders\"")
        #expect(incident.phase.label == "unknown_outcome")
        incident.order(.restart(Incident.g, RestartTerms(typedName: "orders")), id: "o3")
        #expect(incident.intents.map(\.attempt) == [2])
        let attempts = incident.machine.record(of: Incident.g).attempts
        #expect(attempts.map { $0.ending?.outcome } == [.probablyNotLanded, nil])
    }

    @Test("the attempt before ends before the next intent, also while evidence is collected")
    func evidence() {
        var incident = unknown()
        incident.setPolicy { $0.evidenceTimeout = .seconds(60) }
        incident.order(.restart(Incident.g, RestartTerms(typedName: "orders")), id: "o1")
        #expect(incident.phase.label == "gathering_evidence")
        incident.cycle(.seconds(60))
        #expect(incident.intents.map(\.attempt) == [2])
        #expect(incident.intents.first?.overrides == [.unknownOutcome])
    }

    @Test(
        "that is not sent after all leaves the cool-down after the latest landing of the lost one"
    )
    func withdrawn() {
        for cooldown in [Duration.seconds(600), .seconds(3600)] {
            var incident = unknown { $0.cooldown = cooldown }
            incident.setPolicy { $0.evidenceTimeout = .seconds(60) }
            let landing = Incident.start + .seconds(26 * 60)
            incident.cycle(.seconds(120))
            incident.order(.restart(Incident.g, RestartTerms(typedName: "orders")), id: "o1")
            #expect(incident.phase.label == "gathering_evidence")
            incident.order(.reject(Incident.g), id: "o2")
            #expect(incident.answer == "the ordered restart is withdrawn")
            guard case .coolingDown(let until, _, _) = incident.phase else {
                Issue.record("\(incident.phase)")
                continue
            }
            #expect(until >= landing + cooldown)
        }
    }

    @Test("passes over a doubt only while there is one", arguments: [true, false])
    func needlessOverride(isHung: Bool) {
        var incident = Incident()
        incident.answer(!isHung)
        let terms = RestartTerms(overrides: [.diagnosis, .cooldown])
        incident.order(.restart(Incident.g, terms))
        #expect(incident.intents.count == 1)
        // A graph that is proved hung is looked at once more before the POST.
        #expect(incident.intents.first?.needsNoProof == !isHung)
        #expect(incident.intents.first?.overrides?.contains(.cooldown) == true)
    }

    @Test("a restart that may be on its way is waited for, whatever is typed")
    func onItsWay() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.cycle()
        #expect(incident.phase.label == "intended")
        let terms = RestartTerms(overrides: Set(Override.named), typedName: "orders")
        incident.order(.restart(Incident.g, terms))
        #expect(incident.answers.first?.reasons.map(\.override) == [nil])
        #expect(incident.machine.record(of: Incident.g).attempts.count == 1)
    }

    @Test("used-up attempts hold a forced restart too")
    func attempts() {
        var incident = unknown {
            $0.maxAttempts = [WindowLimit(window: .seconds(3600), count: 1)]
        }
        incident.order(.restart(Incident.g, RestartTerms(typedName: "orders")), id: "o1")
        #expect(incident.answers.first?.reasons.map(\.override) == [.attempts])
        let terms = RestartTerms(overrides: [.attempts], typedName: "orders")
        incident.order(.restart(Incident.g, terms), id: "o2")
        #expect(incident.intents.map(\.attempt) == [2])
    }
}
