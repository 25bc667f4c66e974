import Diagnosis
import Remediation
import Testing
import Time

@Suite struct OmittedGateTests {
    @Test("every gate can be left out", arguments: Gate.allCases)
    func omission(gate: Gate) throws {
        let omission = try #require(Omission(gate: gate.rawValue))
        #expect(omission.gate == gate.rawValue)
    }

    @Test("an omission of a gate names one that exists")
    func names() {
        let names = Omission.allCases.compactMap(\.gate)
        #expect(Set(names) == Set(Gate.allCases.map(\.rawValue)))
    }
}

/// A gate that nothing can close protects nothing, and must not be listed as if it did.
@Suite struct ListedGateTests {
    private func listed(_ change: (inout Incident) -> Void) -> Set<Gate> {
        var incident = Incident()
        change(&incident)
        incident.step()
        let gates = incident.machine.explain(Incident.g, in: incident.view, at: incident.now).gates
        return Set(gates.map(\.gate))
    }

    @Test("a pause is listed if orders are accepted, or while one is in effect")
    func pause() {
        #expect(!listed { _ in }.contains(.pause))
        #expect(listed { $0.view.acceptsOrders = true }.contains(.pause))
        #expect(listed { $0.pause(.graph(GraphID("other-1")), "import") }.contains(.pause))
    }

    @Test("external holds are listed if they are configured")
    func externalHolds() {
        let external: Set<Gate> = [.maintenance, .silence, .blockingAlert, .leadership]
        #expect(listed { _ in }.isDisjoint(with: external))
        #expect(
            listed { $0.view.hasMaintenanceWindows = true }.intersection(external) == [.maintenance]
        )
        #expect(listed { $0.view.readsSilences = true }.intersection(external) == [.silence])
        #expect(
            listed { $0.view.hasBlockingAlerts = true }.intersection(external) == [.blockingAlert]
        )
        #expect(listed { $0.view.hasLeader = true }.intersection(external) == [.leadership])
        let silence = ExternalHold.silenced(by: "x", ends: nil)
        #expect(
            listed { $0[Incident.g].externalHolds = [silence] }.intersection(external)
                == [.silence]
        )
    }

    @Test("a hold from outside says when time lifts it")
    func externalHoldEnds() throws {
        let ends = try #require(Timestamp(rfc3339: "2026-11-24T02:00:00Z"))
        func next(_ hold: ExternalHold) -> Timestamp? {
            var incident = Incident()
            incident.requests = [Incident.request()]
            incident[Incident.g].externalHolds = [hold]
            incident.step()
            return incident.machine.explain(Incident.g, in: incident.view, at: incident.now)
                .nextActionAt
        }
        let minutes = Duration.seconds(300)
        #expect(
            next(.maintenance(window: "w", ends: ends, observe: minutes)) == ends + minutes
        )
        #expect(next(.maintenance(window: "w", ends: nil, observe: minutes)) == nil)
        #expect(next(.maintenanceEnded(window: "w", at: ends - minutes, until: ends)) == ends)
        #expect(next(.silenced(by: "x", ends: ends)) == ends)
    }

    @Test("a veto is listed if restarts are announced, the mode if an entry sets one")
    func policy() {
        #expect(!listed { _ in }.contains(.veto))
        #expect(
            listed { $0.setPolicy { $0.veto = [.unresponsive: .seconds(60)] } }.contains(.veto)
        )
        #expect(!listed { $0.setPolicy { $0.veto = [.importing: .seconds(60)] } }.contains(.veto))
        #expect(!listed { $0[Incident.g].policy = nil }.contains(.mode))
        #expect(listed { $0.setPolicy { $0.mode = .shadow } }.contains(.shadow))
    }

    @Test("a grace period is listed unless zero, the start-up grace only if graphs are visible")
    func graces() {
        #expect(listed { _ in }.isSuperset(of: [.startupGrace, .stateChangeGrace]))
        #expect(!listed { $0.view.sightSince = nil }.contains(.startupGrace))
        let none = listed {
            $0.setPolicy {
                $0.startupGrace = .zero
                $0.stateChangeGrace = .zero
            }
        }
        #expect(none.isDisjoint(with: [.startupGrace, .stateChangeGrace]))
    }
}
