import API
package import Cycle
package import Remediation
import Time
import VirtualTime

/// What happens to single agents of several.
extension Simulation {
    /// How many agents the simulation has.
    package var agentCount: Int { agents.count }

    package func status(ofAgent index: Int) -> Status { agents[index].board.current }

    /// The agent that acts; nil while none does. More than one would be a fault.
    package var leaders: [Int] {
        agents.indices.filter { index in
            let status = agents[index].board.current
            return status.at > .distantPast && status.view.hasLeader && !status.view.isObserving
        }
    }

    package func killAgent(_ index: Int) async { await agents[index].kill() }

    package func haltAgent(_ index: Int) async { await agents[index].halt() }

    package func startAgent(_ index: Int) { agents[index].resume() }

    /// Lets graphs not answer one agent, whatever the others see.
    package func silence(_ graphs: [Int], forAgent index: Int) {
        agents[index].silence(Set(graphs.map { id($0).rawValue }))
    }

    package func isVerified(_ graph: Int, byAgent index: Int) -> Bool {
        status(ofAgent: index).machine.record(of: id(graph)).attempts.last?.ending?.outcome
            == .verified
    }

    /// Nothing runs on the host of the agent until it wakes up.
    package func suspendAgent(_ index: Int, for duration: Duration) {
        agents[index].suspend(until: time.now + duration)
    }

    package func order(_ kind: Order.Kind, toAgent index: Int) { agents[index].order(kind) }

    package func reload(_ settings: SimulationSettings, ofAgent index: Int) async throws {
        let outcome = try await agents[index].reload(settings)
        guard outcome == .done else { throw SimulationError(text: "\(outcome)") }
    }

    /// What happens to requests between an agent and etcd.
    package enum EtcdFault: Hashable, Sendable, CaseIterable {
        case none, cut, losesAnswers, repeats, slow
    }

    package func meet(_ fault: EtcdFault, fromAgent index: Int) {
        let onTheWay: SimulatedEtcdConnection.Fault =
            switch fault {
            case .none: .none
            case .cut: .cut
            case .losesAnswers: .losesAnswers
            case .repeats: .repeats
            case .slow: .slow(.seconds(4))
            }
        agents[index].meet(onTheWay)
    }
}
