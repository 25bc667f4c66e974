import Diagnosis
import Remediation
import Time

/// Invariants of a single step relative to the state before it, and of notifications to operators.
struct Invariants {
    private var before = Machine()
    private var view: FleetView?
    private var requested: [GraphID: RestartRequest] = [:]
    /// Since when each request has been held without interruption, in true time.
    private var heldSince: [GraphID: Timestamp] = [:]
    private var told: Set<GraphID> = []

    /// Before the step.
    mutating func look(at machine: Machine, _ view: FleetView, _ requests: [RestartRequest]) {
        before = machine
        requested = Dictionary(requests.map { ($0.graphID, $0) }) { first, _ in first }
        self.view = view
    }

    /// The agent has restarted and does not know whom it has notified.
    mutating func forget() {
        heldSince = [:]
        told = []
    }

    /// After the step.
    mutating func violations(
        _ effects: [Effect],
        _ reports: [Report],
        _ machine: Machine,
        at now: Timestamp
    ) -> [String] {
        effects.compactMap(\.intent).flatMap { violations($0, machine) }
            + unreleased(machine, reports) + stuck(machine)
            + unreported(effects, machine, at: now)
    }

    /// The previous attempt has ended and its cool-down is over; there is no storm.
    private func violations(_ intent: Intent, _ machine: Machine) -> [String] {
        var broken: [String] = []
        let record = before.record(of: intent.graphID)
        if case .person = intent.source { return [] }
        if record.attempts.contains(where: { $0.ending == nil }) {
            broken.append("\(intent.id) was decided before the end of the previous attempt")
        }
        switch record.phase {
        case .coolingDown(let until, _, _), .waiting(let until, _), .suspended(let until, _, _):
            if intent.createdAt < until { broken.append("\(intent.id) ends a cool-down early") }
        default: break
        }
        if let policy = view?.graphs[intent.graphID]?.policy,
            machine.stormLevel(under: policy) == .hard
        {
            broken.append("\(intent.id) was decided in a storm")
        }
        return broken
    }

    /// Only an operator releases exhausted attempts, and only its outcome an intent.
    private func unreleased(_ machine: Machine, _ reports: [Report]) -> [String] {
        let released = reports.compactMap { report -> GraphID? in
            guard case .order(let order) = report else { return nil }
            switch order.kind {
            case .acknowledge(let id, _), .restart(let id, _): return id
            default: return nil
            }
        }
        return before.awaitingAcknowledgement.compactMap { id in
            guard case .exhausted = before.record(of: id).phase, !released.contains(id) else {
                return nil
            }
            switch machine.record(of: id).phase {
            case .exhausted, .gatheringEvidence: return nil
            case let phase: return "\(id) stopped being exhausted by itself: \(phase.label)"
            }
        }
    }

    /// A graph that waits for an operator does not keep other graphs from being restarted.
    private func stuck(_ machine: Machine) -> [String] {
        Set(machine.inFlight).intersection(machine.awaitingAcknowledgement).map {
            "\($0) waits for an operator and holds a slot"
        }
    }

    /// A restart held for long is reported to an operator, with the reason.
    private mutating func unreported(
        _ effects: [Effect],
        _ machine: Machine,
        at now: Timestamp
    ) -> [String] {
        told.formUnion(
            effects.compactMap(\.audit).filter { $0.kind == .heldTooLong }.compactMap(\.graphID)
        )
        told.formIntersection(requested.keys)
        var broken: [String] = []
        for (id, request) in requested {
            guard case .hold(let reasons) = machine.decisions[id], let first = reasons.first,
                !["mode_off", "not_selected", "shadow"].contains(first.label)
            else {
                heldSince[id] = nil
                continue
            }
            let since = heldSince[id] ?? now
            heldSince[id] = since
            let patience: Duration = .seconds(request.hangClass == .unresponsive ? 1800 : 7200)
            if now - since > patience + .seconds(300), !told.contains(id) {
                broken.append("\(id) has been held since \(since) without a notification")
            }
        }
        for id in Array(heldSince.keys) where requested[id] == nil { heldSince[id] = nil }
        return broken
    }
}
