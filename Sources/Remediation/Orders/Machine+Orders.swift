import Time

/// What persons want. Every order is answered, and goes on record whether it was carried out or
/// not.
extension Machine {
    mutating func carryOut(_ order: Order, _ step: inout Step) {
        let answer: OrderAnswer
        switch order.kind {
        case .approve(let id): answer = approve(id, order, &step)
        case .reject(let id): answer = reject(id, order, step)
        case .acknowledge(let id): answer = acknowledge(id, order, &step)
        case .pause(let scope, let until): answer = pause(scope, until: until, order, step)
        case .resume(let scope): answer = resume(scope)
        case .restart(let id): answer = restart(id, order, &step)
        }
        let detail = "\(order.by): \(order.kind.verb) (\(order.reason)): \(answer)"
        audit(.order, order.kind.graphID, &step, reason: answer.label, detail)
        step.effects.append(.answer(orderID: order.id, answer))
    }

    // MARK: - Questions of the machine

    private mutating func approve(_ id: GraphID, _ order: Order, _ step: inout Step) -> OrderAnswer
    {
        guard case .awaitingApproval = phase(of: id) else {
            return .refused("nobody was asked about it; it is \(phase(of: id).label)")
        }
        guard let request = requests[id] else {
            return .refused("the alert has ended meanwhile")
        }
        let agreement = Agreement.approved(by: order.by)
        return beginIfOpen(request, agreement, &step)
    }

    private mutating func reject(_ id: GraphID, _ order: Order, _ step: Step) -> OrderAnswer {
        let lasts: Duration
        switch phase(of: id) {
        case .awaitingApproval: lasts = Timing.rejectionPeriod
        case .gatheringEvidence(let gathering) where gathering.previous != .idle:
            move(id, to: gathering.previous)
            return .done("called back")
        case .countingDown, .gatheringEvidence: lasts = Timing.vetoedPeriod
        default: return .refused("there is nothing to reject; it is \(phase(of: id).label)")
        }
        let until = step.at + lasts
        move(id, to: .suspended(until: until, by: order.by, reason: order.reason))
        return .done("not restarted by the agent before \(until)")
    }

    // MARK: - Release

    /// What was done before no longer counts against the graph; the fleet's budget keeps counting
    /// it.
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
        default: return .refused("there is nothing to acknowledge; it is \(phase(of: id).label)")
        }
    }

    private func restAfterLastAttempt(_ id: GraphID, _ step: Step) -> Timestamp {
        let ended = records[id]?.attempts.last { $0.counts }?.ending?.at
        return ended.map { $0 + step.policy(of: id).cooldown } ?? step.at
    }

    // MARK: - Restart

    private mutating func restart(_ id: GraphID, _ order: Order, _ step: inout Step) -> OrderAnswer
    {
        guard let graph = step.view.graphs[id] else { return .held([.unknownGraph]) }
        guard let hangClass = HangClass(statusCode: graph.statusCode) else {
            return .held([.statusNotEligible(graph.statusCode)])
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

    private mutating func beginIfOpen(
        _ request: RestartRequest,
        _ agreement: Agreement,
        _ step: inout Step
    ) -> OrderAnswer {
        let id = request.graphID
        let load = load(in: step.view)
        if case .gatheringEvidence = phase(of: id) {
            return .held([.busy(phase: phase(of: id).label)])
        }
        let closed = gateContext(request, agreement, load, step.view, at: step.at).closedGates()
        guard closed.isEmpty else { return .held(closed) }
        begin(request, agreement, &step)
        return .done("the restart is being carried out")
    }
}
