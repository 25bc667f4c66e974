import Diagnosis
import Time

/// What persons want. Every order is answered and goes on record, whether it was carried out or
/// not.
extension Machine {
    /// The record of the order comes before what it sets off: the log names the cause first.
    mutating func carryOut(_ order: Order, _ step: inout Step) {
        let first = step.effects.count
        let answer: OrderAnswer
        switch order.kind {
        case .approve(let id): answer = approve(id, order, &step)
        case .reject(let id): answer = reject(id, order, step)
        case .acknowledge(let id): answer = acknowledge(id, order, &step)
        case .pause(let scope, let until): answer = pause(scope, until: until, order, step)
        case .resume(let scope): answer = resume(scope)
        case .restart(let id): answer = restart(id, order, &step)
        }
        let entry = AuditEntry(
            at: step.at,
            graphID: order.kind.graphID,
            kind: .order,
            reason: answer.label,
            detail: "\(order.by) ordered: \(order.kind.verb) (\(order.reason)); \(answer)"
        )
        audit(entry, at: first, &step)
        step.effects.append(.answer(orderID: order.id, answer))
    }

    // MARK: - Answers to what the machine asked or announced

    private mutating func approve(_ id: GraphID, _ order: Order, _ step: inout Step) -> OrderAnswer
    {
        guard case .awaitingApproval = phase(of: id) else {
            return .refused("no approval is pending; the graph is \(phase(of: id).label)")
        }
        guard let request = requests[id] else {
            return .refused(
                hasEnded(id, step)
                    ? "the alert has ended"
                    : "the alert is not confirmed by an evaluation now; approve it again"
            )
        }
        let agreement = Agreement.approved(by: order.by)
        return beginIfOpen(request, agreement, &step)
    }

    /// Suspends the graph, so that the same alert does not ask again in the next step. An ordered
    /// restart of a graph that still owes a rest is only withdrawn, and the rest goes on.
    private mutating func reject(_ id: GraphID, _ order: Order, _ step: Step) -> OrderAnswer {
        let lasts: Duration
        switch phase(of: id) {
        case .awaitingApproval: lasts = Timing.rejectionPeriod
        case .gatheringEvidence(let gathering) where gathering.previous != .idle:
            move(id, to: gathering.previous)
            return .done("the ordered restart is withdrawn")
        case .countingDown, .gatheringEvidence: lasts = Timing.vetoedPeriod
        default: return .refused("nothing to reject; the graph is \(phase(of: id).label)")
        }
        let until = step.at + lasts
        move(id, to: .suspended(until: until, by: order.by, reason: order.reason))
        return .done("suspended until \(until)")
    }

    // MARK: - Release

    /// The attempts so far no longer count against the graph. They still count against the fleet's
    /// budget, which bounds the damage of everything together. An exhausted graph is observed
    /// first, for as long as after a start.
    private mutating func acknowledge(_ id: GraphID, _ order: Order, _ step: inout Step)
        -> OrderAnswer
    {
        let at = step.at
        switch phase(of: id) {
        case .exhausted:
            let until = max(restAfterLastAttempt(id, step), at + step.policy(of: id).startupGrace)
            update(id) {
                $0.acknowledgedAt = at
                $0.phase = .waiting(until: until, cause: "acknowledged by \(order.by)")
            }
            return .done("released; observed until \(until)")
        case .stalled(let intent, _, _):
            update(id) { $0.acknowledgedAt = at }
            end(intent, .stalled, &step)
            return .done("released; now \(phase(of: id).label)")
        case .suspended:
            move(id, to: .idle)
            return .done("released")
        default: return .refused("nothing to acknowledge; the graph is \(phase(of: id).label)")
        }
    }

    /// When the cool-down after the last attempt would have ended.
    private func restAfterLastAttempt(_ id: GraphID, _ step: Step) -> Timestamp {
        let ended = records[id]?.attempts.last { $0.counts }?.ending?.at
        return ended.map { $0 + step.policy(of: id).cooldown } ?? step.at
    }

    // MARK: - Restart

    /// A person names a graph and no class: the class follows from the status.
    private mutating func restart(_ id: GraphID, _ order: Order, _ step: inout Step) -> OrderAnswer
    {
        guard let graph = step.view.graphs[id] else { return .held([.unknownGraph]) }
        guard let hangClass = HangClass(statusCode: graph.statusCode) else {
            return .held([.undiagnosed(.notEligible(statusCode: graph.statusCode))])
        }
        let request = RestartRequest(
            graphID: id,
            hangClass: hangClass,
            alertname: "",
            reason: order.reason,
            activeAt: step.at,
            source: .person(order.by)
        )
        return beginIfOpen(request, .ordered(by: order.by), &step)
    }

    /// An approval or an order opens some gates. All others are evaluated as for any request.
    private mutating func beginIfOpen(
        _ request: RestartRequest,
        _ agreement: Agreement,
        _ step: inout Step
    ) -> OrderAnswer {
        let id = request.graphID
        let load = load(in: step.view, at: step.at)
        if case .gatheringEvidence = phase(of: id) {
            return .held([.busy(phase: phase(of: id).label)])
        }
        let closed = gateContext(request, agreement, load, step.view, at: step.at).closedGates()
        guard closed.isEmpty else { return .held(closed) }
        begin(request, agreement, &step)
        return .done("the restart begins")
    }
}
