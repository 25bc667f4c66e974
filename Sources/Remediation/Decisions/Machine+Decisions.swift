import Time

/// What is asked for: every request meets every gate, and leads at most to one intent.
extension Machine {
    mutating func considerRequests(_ step: inout Step) {
        dropPreparationsWithoutRequest(&step)
        var load = load(in: step.view)
        for request in candidates() {
            let before = records[request.graphID]
            consider(request, load, &step)
            if records[request.graphID] != before {
                load = self.load(in: step.view)
            }
        }
        for (id, record) in records where decisions[id] == nil && record.phase != .idle {
            decisions[id] = .following(record.phase)
        }
    }

    func load(in view: FleetView) -> FleetLoad {
        FleetLoad(records: records.values, requested: requests.keys, view: view)
    }

    func gateContext(
        _ request: RestartRequest,
        _ agreement: Agreement,
        _ load: FleetLoad,
        _ view: FleetView,
        at instant: Timestamp
    ) -> GateContext {
        GateContext(
            request: request,
            agreement: agreement,
            graph: view.graphs[request.graphID],
            policy: view.graphs[request.graphID]?.policy ?? Policy(),
            record: records[request.graphID] ?? GraphRecord(id: request.graphID),
            pauses: pauses,
            load: load,
            view: view,
            at: instant
        )
    }

    /// The graph that is sick longest comes first. What a person has ordered needs no alert.
    private func candidates() -> [RestartRequest] {
        var wanted = requests
        for record in records.values {
            guard case .gatheringEvidence(let gathering) = record.phase,
                case .ordered = gathering.agreement
            else { continue }
            wanted[record.id] = gathering.request
        }
        return wanted.values.sorted { ($0.activeAt, $0.graphID) < ($1.activeAt, $1.graphID) }
    }

    private mutating func consider(
        _ request: RestartRequest,
        _ load: FleetLoad,
        _ step: inout Step
    ) {
        let id = request.graphID
        let phase = phase(of: id)
        if phase.isFollowed {
            incidents[id]?.heldSince = nil
            return
        }
        let closed = gateContext(request, phase.agreement, load, step.view, at: step.at)
            .closedGates()
        decisions[id] = .hold(closed)
        switch Plan(closed: closed) {
        case .proceed: proceed(request, phase.agreement, &step)
        case .shadow:
            abandonPreparation(id, closed, &step)
            decisions[id] = .shadow(draft(request, step))
        case .ask: ask(request, closed, &step)
        case .announce: announce(request, &step)
        case .exhaust:
            exhaust(id, &step)
            decisions[id] = .hold([.exhausted(since: step.at)])
        case .hold: abandonPreparation(id, closed, &step)
        }
        if case .hold(let reasons) = decisions[id] {
            noteHold(request, reasons, &step)
        } else if case .shadow = decisions[id] {
            noteHold(request, [.shadow], &step)
        }
    }

    // MARK: - Towards an intent

    /// Evidence comes first: a restart destroys it. The gates are asked again afterwards.
    private mutating func proceed(
        _ request: RestartRequest,
        _ agreement: Agreement,
        _ step: inout Step
    ) {
        if case .gatheringEvidence(let gathering) = phase(of: request.graphID) {
            guard gathering.isComplete || step.at >= gathering.until else {
                decisions[request.graphID] = .following(.gatheringEvidence(gathering))
                return
            }
            return decide(request, &step)
        }
        begin(request, agreement, &step)
    }

    mutating func begin(
        _ request: RestartRequest,
        _ agreement: Agreement,
        _ step: inout Step
    ) {
        let id = request.graphID
        let timeout = step.policy(of: id).evidenceTimeout
        if case .stalled(let intent, _, _) = phase(of: id) { end(intent, .stalled, &step) }
        guard timeout > .zero else { return decide(request, &step) }
        let gathering = Phase.Gathering(
            request: request,
            agreement: agreement,
            until: step.at + timeout,
            previous: phase(of: id).withoutPreparation
        )
        move(id, to: .gatheringEvidence(gathering))
        decisions[id] = .following(.gatheringEvidence(gathering))
        step.effects.append(
            .collectEvidence(id, request.hangClass, until: step.at + timeout)
        )
    }

    private func draft(_ request: RestartRequest, _ step: Step) -> Intent {
        Intent(
            request: request,
            graphName: step.view.graphs[request.graphID]?.name ?? "",
            attempt: (records[request.graphID]?.attemptCount ?? 0) + 1,
            createdAt: step.at
        )
    }

    /// The point of no return: from here on the restart may have happened.
    private mutating func decide(_ request: RestartRequest, _ step: inout Step) {
        let intent = draft(request, step)
        update(intent.graphID) {
            $0.phase = .intended(intent)
            $0.attemptCount = intent.attempt
            $0.attempts.append(Attempt(of: intent))
        }
        pending.intents.append(intent)
        counters.started += 1
        incidents[intent.graphID]?.hasActed = true
        decisions[intent.graphID] = .restart(intent)
        let detail = "restarting \"\(intent.graphName)\", attempt \(intent.attempt): \(request)"
        audit(.intended, of: intent, &step, reason: request.hangClass.rawValue, detail)
        step.effects.append(.restart(intent))
    }

    // MARK: - Before that

    /// Asks again when the question has grown old, as a reminder.
    private mutating func ask(
        _ request: RestartRequest,
        _ closed: [HoldReason],
        _ step: inout Step
    ) {
        let id = request.graphID
        if case .awaitingApproval(_, let expiresAt) = phase(of: id) {
            guard step.at >= expiresAt else { return }
            audit(.approvalExpired, id, &step, "nobody answered; asking again")
        }
        move(
            id,
            to: .awaitingApproval(
                since: step.at,
                expiresAt: step.at + Timing.approvalLifetime
            )
        )
        let why = closed.map(\.description).joined(separator: "; ")
        let detail = "may it be restarted? \(request) (\(why))"
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

    private mutating func announce(_ request: RestartRequest, _ step: inout Step) {
        let id = request.graphID
        if case .countingDown = phase(of: id) { return }
        let until = step.at + (step.policy(of: id).veto[request.hangClass] ?? .zero)
        move(id, to: .countingDown(since: step.at, until: until))
        decisions[id] = .hold([.vetoPeriod(until: until)])
        let detail = "will be restarted at \(until) unless vetoed: \(request)"
        audit(.announced, id, &step, reason: request.hangClass.rawValue, detail)
    }

    /// An open question or announcement outlives a gate that closes for a while; a place among
    /// those in flight does not.
    private mutating func abandonPreparation(
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
        let detail = "not restarted after all: \(closed.first?.description ?? "")"
        audit(.released, id, &step, reason: closed.first?.label ?? "", detail)
    }

    private mutating func dropPreparationsWithoutRequest(_ step: inout Step) {
        for id in records.keys.sorted() where requests[id] == nil {
            switch phase(of: id) {
            case .awaitingApproval, .countingDown: break
            case .gatheringEvidence(let gathering):
                if case .ordered = gathering.agreement { continue }
            default: continue
            }
            move(id, to: phase(of: id).withoutPreparation)
            audit(.released, id, &step, reason: "ended", "not restarted: the alert has ended")
        }
    }
}

extension HoldReason {
    /// The graph is no longer meant to be restarted at all.
    fileprivate var isByConfiguration: Bool {
        switch self {
        case .modeOff, .notSelected, .shadow: true
        default: false
        }
    }
}
