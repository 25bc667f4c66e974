import Diagnosis
import Time

extension Machine {
    /// What would be done for this request now; nil if every rung was tried. A person who orders a
    /// restart gets one, and GES can neither cancel nor stop what hangs in an import, export or
    /// clear.
    func remedy(
        for request: RestartRequest,
        _ agreement: Agreement,
        under policy: Policy,
        _ load: FleetLoad,
        _ view: FleetView,
        at instant: Timestamp
    ) -> Remedy? {
        if case .ordered = agreement { return .restart }
        guard !policy.ladder.isRestartOnly, request.hangClass == .unresponsive,
            let graph = view.graphs[request.graphID]
        else { return .restart }
        let record = records[request.graphID] ?? GraphRecord(id: request.graphID)
        let hasRoom = policy.ladder.cancels.allSatisfy { limit in
            load.cancels(since: instant - limit.window).count < limit.count
        }
        return record.remedy(policy.ladder, graph, canCancel: hasRoom, at: instant)
    }

    /// A person has approved one rung, or lets one pass that was announced. If another one is due
    /// meanwhile, that person is asked or told again.
    mutating func withdrawOutdatedApproval(
        of id: GraphID,
        for remedy: Remedy?,
        _ step: inout Step
    ) {
        let asked = records[id]?.askedRemedy
        guard let remedy, asked != remedy.approvalKey else { return }
        switch phase(of: id) {
        case .awaitingApproval, .countingDown: break
        case .gatheringEvidence(let gathering):
            switch gathering.agreement {
            case .approved: break
            case .none where step.policy(of: id).announces(gathering.request.hangClass): break
            default: return
            }
        default: return
        }
        update(id) {
            $0.phase = .idle
            $0.askedRemedy = nil
        }
        let detail = "what was asked for or announced is no longer the next rung: now \(remedy)"
        audit(.released, id, &step, reason: "ladder", detail)
    }
}

extension GateContext {
    /// Which rung is next.
    func ladder() -> GateVerdict {
        guard !policy.ladder.isRestartOnly, graph != nil else { return .notApplicable }
        guard let remedy else {
            return .closed(.ladderEnded(record.attemptsOfIncident(at: at).last?.number ?? 0))
        }
        return .open("the next rung is \(remedy.rung.rawValue): \(remedy)")
    }
}
