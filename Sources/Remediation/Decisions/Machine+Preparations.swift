import Diagnosis
import Time

/// What comes before an intent: asking a person, announcing the restart, and giving either up.
extension Machine {
    /// Asks a person once, and again when nobody has answered for a while.
    mutating func ask(
        _ request: RestartRequest,
        _ remedy: Remedy,
        _ closed: [HoldReason],
        _ step: inout Step
    ) {
        let id = request.graphID
        if case .awaitingApproval(_, let expiresAt) = phase(of: id) {
            guard step.at >= expiresAt else { return }
            audit(.approvalExpired, id, &step, "nobody answered; asking again")
        }
        update(id) {
            $0.phase = .awaitingApproval(
                since: step.at,
                expiresAt: step.at + Timing.approvalLifetime
            )
            $0.askedRemedy = remedy.approvalKey
        }
        let why = closed.map(\.description).joined(separator: "; ")
        let what = remedy == .restart ? "approval needed" : "approval needed to \(remedy)"
        let detail = "\(what): \(request) (\(why))"
        audit(.approvalAsked, id, &step, reason: closed.first?.label ?? "", detail)
        decisions[id] = .hold(
            closed.map { reason in
                if case .approvalPending = reason {
                    .approvalPending(since: step.at)
                } else {
                    reason
                }
            }
        )
    }

    /// Tells people once when the restart will be sent unless they veto it.
    mutating func announce(
        _ request: RestartRequest,
        _ remedy: Remedy,
        _ step: inout Step
    ) {
        let id = request.graphID
        if case .countingDown = phase(of: id) { return }
        let until = step.at + (step.policy(of: id).veto[request.hangClass] ?? .zero)
        update(id) {
            $0.phase = .countingDown(since: step.at, until: until)
            $0.askedRemedy = remedy.approvalKey
        }
        decisions[id] = .hold([.vetoPeriod(until: until)])
        let what =
            remedy == .restart ? "will be restarted" : "the next rung (\(remedy)) will be taken"
        let detail = "\(what) at \(until) unless vetoed: \(request)"
        audit(.announced, id, &step, reason: request.hangClass.rawValue, detail)
    }

    /// A question or an announcement outlives a gate that closes for a while; otherwise people
    /// would be asked again and again. A place does not: others may need it.
    mutating func abandonPreparation(
        _ id: GraphID,
        _ closed: [HoldReason],
        _ step: inout Step
    ) {
        let phase = phase(of: id)
        switch phase {
        case .gatheringEvidence: break
        case .awaitingApproval where closed.contains(where: \.isByConfiguration): break
        case .countingDown where closed.contains(where: \.isByConfiguration): break
        default: return
        }
        move(id, to: phase.withoutPreparation)
        let detail = "not restarted: \(closed.first?.description ?? "")"
        audit(.released, id, &step, reason: closed.first?.label ?? "", detail)
    }

    mutating func dropPreparationsWithoutRequest(_ step: inout Step) {
        for id in awake.sorted() where hasEnded(id, step) {
            switch phase(of: id) {
            case .awaitingApproval, .countingDown: break
            case .gatheringEvidence(let gathering):
                if case .ordered = gathering.agreement { continue }
            default: continue
            }
            move(id, to: phase(of: id).withoutPreparation)
            audit(.released, id, &step, reason: "ended", "not restarted: the alert ended")
        }
    }
}

extension HoldReason {
    /// The configuration no longer wants the graph restarted at all.
    fileprivate var isByConfiguration: Bool {
        switch self {
        case .modeOff, .notSelected, .shadow: true
        default: false
        }
    }
}
