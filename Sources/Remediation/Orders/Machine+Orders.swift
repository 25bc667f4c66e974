import Diagnosis
import Time

/// What persons want. Every order is answered and goes on record, whether it was carried out or
/// not.
extension Machine {
    /// The record of the order comes before what it sets off: the log names the cause first. An
    /// order that was given before changes nothing and goes on no record twice.
    mutating func carryOut(_ order: Order, _ step: inout Step) {
        if let answer = earlierAnswer(to: order, at: step.at) {
            step.effects.append(.answer(orderID: order.id, answer))
            return
        }
        let first = step.effects.count
        let answer = answer(order, &step)
        let entry = AuditEntry(
            at: step.at,
            graphID: labelledGraph(order) ?? order.kind.graphID,
            kind: .order,
            reason: answer.outcome.rawValue,
            detail: "\(order.by) ordered: \(order.kind.text) (\(order.reason)); \(answer)"
        )
        audit(entry, at: first, &step)
        let count = OrderCount(order: order.kind.verb, outcome: answer.outcome)
        counters.orders[count, default: 0] += 1
        remember(AnsweredOrder(order, answer, at: step.at))
        step.effects.append(.answer(orderID: order.id, answer))
    }

    /// The line of a label stands among those of its graph.
    private func labelledGraph(_ order: Order) -> GraphID? {
        guard case .label(let incidentID, _) = order.kind else { return nil }
        return graph(ofIncident: incidentID)
    }

    private mutating func answer(_ order: Order, _ step: inout Step) -> OrderAnswer {
        if let id = order.kind.graphID, step.view.graphs[id] == nil, records[id] == nil,
            !pauses.contains(where: { $0.scope == .graph(id) })
        {
            return step.view.unknown(id)
        }
        if step.view.isObserving, let refusal = refusalOfObserver(order.kind, step.view) {
            return refusal
        }
        return switch order.kind {
        case .approve(let id, let question): approve(id, question, order, &step)
        case .reject(let id, let question): reject(id, question, order, step)
        case .acknowledge(let id, let clears): acknowledge(id, clears: clears, order, &step)
        case .pause(let scope, let until): pause(scope, until: until, order, &step)
        case .resume(let scope): resume(scope, step)
        case .restart(let id, let terms): restart(id, terms, order, &step)
        case .label(let incidentID, let isRight): label(incidentID, isRight: isRight, order, step)
        }
    }

    /// An agent that only observes takes pauses, which every agent may write; nil for those. With a
    /// wrong clock it would write an end that has passed for the leader.
    private func refusalOfObserver(_ kind: Order.Kind, _ view: FleetView) -> OrderAnswer? {
        switch kind {
        case .pause, .resume:
            guard view.hasDoubtfulClock else { return nil }
            return .refused("the clock of this agent may be wrong; give the order to another agent")
        case .approve, .reject, .acknowledge, .restart, .label: break
        }
        let hold = view.externalHolds.first { $0.gate == .leadership }
        let why = hold.map { "\($0)" } ?? "it does not lead"
        return .refused("this agent only observes (\(why)); give the order to the leader")
    }

    // MARK: - Answers to what the machine asked or announced

    private mutating func approve(
        _ id: GraphID,
        _ question: Question?,
        _ order: Order,
        _ step: inout Step
    ) -> OrderAnswer {
        if let refusal = refusal(of: question, id) { return refusal }
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

    /// nil if an answer to this question may be carried out.
    private func refusal(of question: Question?, _ id: GraphID) -> OrderAnswer? {
        guard let question, let record = records[id], !record.isCurrent(question) else {
            return nil
        }
        let now = record.question.map { "now \($0)" } ?? "the graph is \(record.phase.label)"
        return .refused("the question has changed since (\(question)): \(now)")
    }

    /// Suspends the graph, so that the same alert does not ask again in the next step. An ordered
    /// restart of a graph that still owes a rest is only withdrawn, and the rest goes on.
    private mutating func reject(
        _ id: GraphID,
        _ question: Question?,
        _ order: Order,
        _ step: Step
    ) -> OrderAnswer {
        if let refusal = refusal(of: question, id) { return refusal }
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

    /// A person knows of the attempts so far. They go on counting unless the person clears them,
    /// and against the fleet's budget even then, because it bounds the damage of everything
    /// together. An exhausted graph is observed first, for as long as after a start.
    private mutating func acknowledge(
        _ id: GraphID,
        clears: Bool,
        _ order: Order,
        _ step: inout Step
    ) -> OrderAnswer {
        let at = step.at
        let answer: OrderAnswer
        switch phase(of: id) {
        case .exhausted:
            let until = max(restAfterLastAttempt(id, step), at + step.policy(of: id).startupGrace)
            note(order, at, clears: clears, of: id)
            move(id, to: .waiting(until: until, cause: "acknowledged by \(order.by)"))
            answer = .done("released; observed until \(until)" + stillUsed(id, at: until, step))
        case .stalled(let intent, _, _):
            note(order, at, clears: clears, of: id)
            end(intent, .stalled, &step)
            answer = .done("released; now \(phase(of: id).label)" + stillUsed(id, at: at, step))
        case .suspended:
            note(order, at, clears: clears, of: id)
            move(id, to: .idle)
            answer = .done("released")
        case let phase:
            let record = records[id] ?? GraphRecord(id: id)
            let count = clears ? record.countedAttempts(since: .distantPast).count : record.failures
            guard count > 0, !phase.isFollowed else {
                return .refused("nothing to acknowledge; the graph is \(phase.label)")
            }
            note(order, at, clears: clears, of: id)
            answer = .done(
                "\(count) of its attempts are acknowledged" + stillUsed(id, at: at, step)
            )
        }
        return answer
    }

    private mutating func note(_ order: Order, _ at: Timestamp, clears: Bool, of id: GraphID) {
        update(id) {
            $0.acknowledgedAt = at
            if clears { $0.clearedAt = at }
        }
    }

    /// Whoever acknowledges has to know that nothing will be restarted all the same.
    private func stillUsed(_ id: GraphID, at instant: Timestamp, _ step: Step) -> String {
        let limits = step.policy(of: id).maxAttempts
        let used = records[id]?.usedUpAttempts(limits, at: instant)
        return used.map { "; \($0), unless they are cleared" } ?? ""
    }

    /// When the cool-down after the last attempt would have ended.
    private func restAfterLastAttempt(_ id: GraphID, _ step: Step) -> Timestamp {
        let ended = records[id]?.attempts.last { $0.counts }?.ending?.at
        return ended.map { $0 + step.policy(of: id).cooldown } ?? step.at
    }

    // MARK: - Restart

    /// A person names a graph and no class: the class follows from the status.
    private mutating func restart(
        _ id: GraphID,
        _ terms: RestartTerms,
        _ order: Order,
        _ step: inout Step
    ) -> OrderAnswer {
        guard let graph = step.view.graphs[id] else { return step.view.unknown(id) }
        if let name = terms.typedName, name != graph.name {
            return .refused("the graph is not named \"\(name)\"")
        }
        guard let hangClass = HangClass(statusCode: graph.statusCode) else {
            let verdict = Verdict.notEligible(statusCode: graph.statusCode)
            return .held([GateFinding(.diagnosis, .undiagnosed(verdict))])
        }
        let request = RestartRequest(
            graphID: id,
            hangClass: hangClass,
            alertname: "",
            reason: order.reason,
            activeAt: step.at,
            source: .person(order.by)
        )
        let agreement = Agreement.ordered(by: order.by, overriding: terms.allOverrides)
        return beginIfOpen(request, agreement, &step)
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
            return .held([GateFinding(.phase, .busy(phase: phase(of: id).label))])
        }
        let context = gateContext(request, agreement, load, step.view, at: step.at)
        let remedy = context.remedy ?? .restart
        if case .approved = agreement, records[id]?.askedRemedy != remedy.approvalKey {
            return .refused("the next rung has changed: \(remedy); approve that when it is asked")
        }
        let closed = context.findings().filter { !$0.isOpen }
        guard closed.isEmpty else { return .held(closed) }
        begin(request, remedy, agreement, &step)
        let what = remedy == .restart ? "the restart" : "the rung \(remedy.rung.rawValue)"
        var answer = OrderAnswer.done("\(what) begins")
        answer.inFlight = restartsInFlight(.graph(id), step.view)
        return answer
    }
}

extension GraphRecord {
    /// The attempts that did not bring the graph back and that no person knows of.
    fileprivate var failures: Int {
        attempts.count { attempt in
            attempt.counts && attempt.ending?.outcome != .verified
                && attempt.createdAt > acknowledgedAt ?? .distantPast
        }
    }
}
