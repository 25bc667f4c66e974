import Diagnosis
import Time

/// From a request to an intent. Every request meets every gate, and leads to one intent at most.
extension Machine {
    /// One request after the other, because each decision changes what the next one finds: a place
    /// that is given away is gone within the same step.
    mutating func considerRequests(_ step: inout Step) {
        // Nearly always there is nothing to consider.
        if requests.isEmpty, awake.isEmpty { return }
        dropPreparationsWithoutRequest(&step)
        var load = load(in: step.view, at: step.at)
        for request in candidates() {
            let before = records[request.graphID]
            consider(request, load, &step)
            if records[request.graphID] != before {
                load = self.load(in: step.view, at: step.at)
            }
        }
        for (id, record) in awakeRecords where decisions[id] == nil && record.phase != .idle {
            decisions[id] = .following(record.phase)
        }
    }

    /// What is in progress in the fleet at this moment.
    func load(in view: FleetView, at instant: Timestamp) -> FleetLoad {
        FleetLoad(records: awakeRecords.values, at: instant) { holdsPlace($0, in: view) }
    }

    /// - Parameters:
    ///   - policy: nil for that of the graph.
    ///   - remedy: nil for the next rung of the ladder.
    func gateContext(
        _ request: RestartRequest,
        _ agreement: Agreement,
        _ load: FleetLoad,
        _ view: FleetView,
        at instant: Timestamp,
        under policy: Policy? = nil,
        remedy: Remedy? = nil
    ) -> GateContext {
        let policy = policy ?? view.graphs[request.graphID]?.policy ?? Policy()
        return GateContext(
            request: request,
            agreement: agreement,
            remedy: remedy
                ?? self.remedy(for: request, agreement, under: policy, load, view, at: instant),
            graph: view.graphs[request.graphID],
            policy: policy,
            record: records[request.graphID] ?? GraphRecord(id: request.graphID),
            pauses: pauses,
            endedPauses: endedPauses,
            load: load,
            populations: populations,
            adoption: adoption,
            scorecard: scorecard,
            view: view,
            at: instant
        )
    }

    /// The graph that is sick longest comes first, and one for which GES refused the credential
    /// last: it would be refused again before any other was tried. A restart that a person ordered
    /// needs no alert.
    private func candidates() -> [RestartRequest] {
        var wanted = requests
        for record in awakeRecords.values {
            guard case .gatheringEvidence(let gathering) = record.phase,
                case .ordered = gathering.agreement
            else { continue }
            wanted[record.id] = gathering.request
        }
        func order(_ request: RestartRequest) -> (Timestamp, Timestamp, GraphID) {
            let refusedAt = records[request.graphID]?.credentialRefusedAt ?? .distantPast
            return (refusedAt, request.activeAt, request.graphID)
        }
        return wanted.values.sorted { order($0) < order($1) }
    }

    private mutating func consider(
        _ request: RestartRequest,
        _ load: FleetLoad,
        _ step: inout Step
    ) {
        let id = request.graphID
        if phase(of: id).isFollowed {
            incidents[id]?.heldSince = nil
            return
        }
        let remedy = gateContext(request, phase(of: id).agreement, load, step.view, at: step.at)
            .remedy
        withdrawOutdatedApproval(of: id, for: remedy, &step)
        let phase = phase(of: id)
        let context = gateContext(
            request,
            phase.agreement,
            load,
            step.view,
            at: step.at,
            remedy: remedy
        )
        let closed = context.closedGates()
        decisions[id] = .hold(closed)
        let move = NextMove(closed: closed)
        switch move {
        case .proceed: proceed(request, remedy ?? .restart, phase.agreement, &step)
        case .shadow:
            abandonPreparation(id, closed, &step)
            decisions[id] = .shadow(draft(request, remedy ?? .restart, step))
        case .ask: ask(request, remedy ?? .restart, closed, &step)
        case .announce: announce(request, remedy ?? .restart, &step)
        case .exhaust:
            exhaust(id, &step)
            decisions[id] = .hold([.exhausted(since: step.at)])
        case .hold: abandonPreparation(id, closed, &step)
        }
        noteDecision(request, phase.agreement, closed: closed, move, step)
        if case .hold(let reasons) = decisions[id] {
            noteHold(request, reasons, &step)
        } else if case .shadow = decisions[id] {
            noteHold(request, [.shadow], &step)
        }
    }

    // MARK: - Towards an intent

    /// All gates are open. Evidence comes before the intent, because a restart destroys it. The
    /// gates are evaluated again in every step until it has arrived.
    private mutating func proceed(
        _ request: RestartRequest,
        _ remedy: Remedy,
        _ agreement: Agreement,
        _ step: inout Step
    ) {
        if case .gatheringEvidence(let gathering) = phase(of: request.graphID) {
            guard gathering.isComplete || step.at >= gathering.until else {
                decisions[request.graphID] = .following(.gatheringEvidence(gathering))
                return
            }
            return decide(request, remedy, agreement, &step)
        }
        begin(request, remedy, agreement, &step)
    }

    /// Takes a place for the graph and has its evidence collected, or decides at once if the
    /// policy wants none, or nothing is destroyed. An attempt that stalled or whose outcome is not
    /// known ends here: a person has ordered the next one.
    mutating func begin(
        _ request: RestartRequest,
        _ remedy: Remedy,
        _ agreement: Agreement,
        _ step: inout Step
    ) {
        let id = request.graphID
        let timeout = step.policy(of: id).evidenceTimeout
        switch phase(of: id) {
        case .stalled(let intent, _, _): end(intent, .stalled, &step)
        case .unknownOutcome(let intent, _, _):
            end(intent, .probablyNotLanded, because: "a person ordered another restart", &step)
            rest(afterLandingOf: intent, &step)
        default: break
        }
        guard timeout > .zero, remedy.action.endsTasks else {
            return decide(request, remedy, agreement, &step)
        }
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

    /// The intent that would be made now. Shadow mode shows it and drops it.
    private func draft(_ request: RestartRequest, _ remedy: Remedy, _ step: Step) -> Intent {
        let graph = step.view.graphs[request.graphID]
        var intent = Intent(
            request: request,
            graphName: graph?.name ?? "",
            attempt: (records[request.graphID]?.attemptCount ?? 0) + 1,
            createdAt: step.at,
            action: remedy.action
        )
        if case .cancel(let task) = remedy { intent.task = task }
        intent.signs = graph?.restsOn
        intent.seenProgress = graph?.seenProgress
        intent.mode = graph?.policy?.mode
        intent.jobLimitMilliseconds =
            step.policy(of: request.graphID).diagnosis.jobLimit
            .wholeMilliseconds
        return intent
    }

    /// The lost restart may still land while the ordered one is prepared. If that is not sent after
    /// all, nothing else is before the cool-down after the latest landing.
    private mutating func rest(afterLandingOf intent: Intent, _ step: inout Step) {
        let id = intent.graphID
        guard case .coolingDown(let until, let attempt, let outcome) = phase(of: id) else { return }
        let landed = intent.createdAt + Timing.landingBound
        let end = records[id]?.coolDownEnd(step.policy(of: id), from: landed) ?? until
        move(id, to: .coolingDown(until: max(until, end), attempt: attempt, outcome: outcome))
    }

    /// Overrides of doubts that nobody has: a graph that is proved hung is looked at once more.
    private func needless(for intent: Intent, _ view: FleetView) -> Set<Override> {
        guard case .hung(intent.hangClass, _) = view.graphs[intent.graphID]?.verdict else {
            return []
        }
        return [.diagnosis, .flapping]
    }

    /// The point of no return: once the intent is on disk the restart counts as possibly sent.
    private mutating func decide(
        _ request: RestartRequest,
        _ remedy: Remedy,
        _ agreement: Agreement,
        _ step: inout Step
    ) {
        var intent = draft(request, remedy, step)
        if case .ordered(_, let overrides) = agreement {
            let needless = needless(for: intent, step.view)
            intent.overrides = overrides.filter { !needless.contains($0) }
        }
        let cost =
            intent.action.endsTasks
            ? step.view.graphs[intent.graphID]?
                .killCost(of: intent.hangClass, records[intent.graphID]) : nil
        update(intent.graphID) {
            $0.phase = .intended(intent)
            $0.attemptCount = intent.attempt
            $0.attempts.append(Attempt(of: intent, killing: cost))
            $0.askedRemedy = nil
        }
        pending.intents.append(intent)
        countStart(intent)
        incidents[intent.graphID]?.hasActed = true
        if intent.isOfAgent { noteDecision(intent.graphID, intent.hangClass, .sent, step) }
        decisions[intent.graphID] = .restart(intent)
        let victims = cost.map { "; it kills \($0)" } ?? ""
        let detail =
            "\(intent.doing) \"\(intent.graphName)\", attempt \(intent.attempt): \(request)\(victims)"
        audit(.intended, of: intent, &step, reason: request.hangClass.rawValue, detail)
        step.effects.append(Effect(sending: intent))
    }
}
