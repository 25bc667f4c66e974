import Diagnosis
import Time

/// Judges decisions by what is seen afterwards, with the same views that decisions rest on.
///
/// What was decided and not sent is judged by how the hang ended without the agent. Of a restart
/// that was sent little is proved by its success: it is right if the graph stayed silent until the
/// restart reached it and came back with that, and wrong if it was seen alive before. What is not
/// seen proves nothing. The first judgement stays; only the label of a person counts instead.
extension Machine {
    mutating func judgeDecisions(_ step: Step) {
        guard step.view.sightSince != nil else { return }
        for id in awake {
            guard let record = records[id], record.openDecision?.isPending ?? false else {
                continue
            }
            noteComeback(id, step)
            guard let decision = records[id]?.openDecision,
                let reason = judgement(of: decision, record, step)
            else { continue }
            settle(id, reason, step)
        }
        noteSilentGraphs(step)
        endDecisions(step)
    }

    /// Notes that the graph came back, whether or not the cause can be told yet.
    private mutating func noteComeback(_ id: GraphID, _ step: Step) {
        guard let record = records[id], let decision = record.openDecision,
            decision.comeback == nil, !record.phase.isFollowed,
            let graph = step.reading(of: id, after: decision.at),
            let at = graph.comeback(after: decision)
        else { return }
        let last = lastSilent[id]?.at ?? .distantPast
        let wasInSight = lastSilent[id] != nil && step.view.sightSince.map { $0 <= last } ?? false
        update(id) {
            $0.changeDecision { $0.comeback = Comeback(at: at, wasInSight: wasInSight) }
        }
    }

    /// Writes a judgement down and counts it.
    private mutating func settle(_ id: GraphID, _ reason: Judgement.Reason, _ step: Step) {
        guard let decision = records[id]?.openDecision, decision.isPending else { return }
        update(id) {
            $0.changeDecision { $0.judgement = Judgement(reason: reason, at: step.at) }
        }
        counters.count(decision, reason.outcome)
    }

    /// What the present view says of a decision; nil while it says nothing.
    private func judgement(
        of decision: DecisionRecord,
        _ record: GraphRecord,
        _ step: Step
    ) -> Judgement.Reason? {
        let id = record.id
        if record.phase.isFollowed { return judgement(of: decision, whileFollowed: record, step) }
        guard let listed = step.view.graphs[id] else {
            return step.view.isGone(id) ? .graphGone : nil
        }
        guard let mode = listed.sharedPolicy?.policy.mode, mode != .off else { return .outOfScope }
        if let graph = step.reading(of: id, after: decision.at),
            let reason = judgement(of: decision, record, graph, step)
        {
            return reason
        }
        return step.at - decision.at >= Timing.judgementPatience ? .neverEnded : nil
    }

    private func judgement(
        of decision: DecisionRecord,
        _ record: GraphRecord,
        _ graph: GraphView,
        _ step: Step
    ) -> Judgement.Reason? {
        let hasActed = record.hasActed(since: decision.at)
        let restartAt = record.othersRestart(of: graph, after: decision.at, at: step.at)
        if let back = decision.comeback, restartAt.map({ back.at < $0 }) ?? true {
            // Among what cannot be read there may be the restart by someone else.
            guard graph.jobs != nil, !adoption.isReading else {
                return step.at - back.at >= Timing.jobsPatience ? .notSeen : nil
            }
            if hasActed { return .outcomeUnknown }
            if record.hasCancelled(since: decision.at) { return .cancelled }
            guard back.wasInSight else { return .notSeen }
            let limit = record.usualRestart(under: graph.policy ?? Policy())
            return back.at - decision.at <= limit ? .recoveredAlone : .lateRecovery
        }
        if hasActed {
            // What follows is the effect of the own stop, and no proof by others.
            if case .exhausted = record.phase { return .notRecovered }
            return restartAt == nil ? nil : .notRecovered
        }
        if let restartAt {
            if hasAnswered(graph, after: decision, until: restartAt) { return .answeredBefore }
            let wasSilent = wasSilent(graph, since: decision, until: restartAt, step)
            return wasSilent ? .silentUntilRestart : .notSeen
        }
        if case .busy(let work) = graph.verdict {
            return judgement(of: decision, record, graph, busyBy: work)
        }
        return StatusCode.dead.contains(graph.statusCode) ? .statusChanged : nil
    }

    /// Tasks and queries that advance while the graph is silent are its own work. A job that began
    /// after the decision, or has ended, may be that of someone who helps, and a restart that waits
    /// is no work of the graph. What comes of the graph then tells.
    private func judgement(
        of decision: DecisionRecord,
        _ record: GraphRecord,
        _ graph: GraphView,
        busyBy work: Work
    ) -> Judgement.Reason? {
        // Nobody knows whose work it is while the jobs cannot be read.
        guard let jobs = graph.jobs else { return nil }
        let wasEarlier: Bool
        switch work {
        case .operation: return nil
        case .tasks, .queries:
            // An answer is judged as such: what waited in a graph that hung ends when it is back.
            let isSilent = graph.probe?.answered == false
            return decision.hangClass != .unresponsive || isSilent ? .wasBusy : nil
        case .job(_, let since?): wasEarlier = since <= decision.at
        case .job(_, nil), .jobAdvanced, .jobEnded:
            wasEarlier = jobs.contains {
                $0.state.isUnfinished && !$0.isQueued && !record.owns($0)
                    && $0.beganAt <= decision.at
            }
        }
        if wasEarlier { return .wasBusy }
        return graph.isAnswering ? .othersAtWork : nil
    }

    /// A restart is on its way. An answer cannot come from it before it was accepted, and within the
    /// least time that one takes: the answer of GES may be late.
    private func judgement(
        of decision: DecisionRecord,
        whileFollowed record: GraphRecord,
        _ step: Step
    ) -> Judgement.Reason? {
        let latest: Timestamp
        switch record.phase {
        case .intended(let intent) where intent.isOfAgent:
            latest = intent.createdAt + Timing.leastRestart
        case .restarting(let restarting)
        where restarting.intent.isOfAgent && !restarting.sawTransition:
            latest = min(restarting.since, restarting.intent.createdAt + Timing.leastRestart)
        default: return nil
        }
        guard decision.hangClass == .unresponsive,
            let graph = step.reading(of: record.id, after: decision.at),
            graph.statusCode == StatusCode.running, graph.probe?.answered == true,
            let probe = graph.probe, probe.at > decision.at, probe.at <= latest
        else { return nil }
        return .answeredBefore
    }

    // MARK: - What the agent did

    /// How the attempt ended says what it proves of the decision. Where nothing was carried out the
    /// graph goes on to be watched, and where a rung of the ladder was in vain the next one follows.
    mutating func judge(_ intent: Intent, endedAs outcome: AttemptOutcome, _ step: Step) {
        guard intent.isOfAgent else {
            // What a person ordered may have been carried out all the same.
            let decidedAt = records[intent.graphID]?.openDecision?.at ?? .distantFuture
            if outcome == .probablyNotLanded, decidedAt <= intent.createdAt {
                settle(intent.graphID, .outcomeUnknown, step)
            }
            return
        }
        let wasStalled =
            if case .verifying(let verifying) = phase(of: intent.graphID) {
                verifying.wasStalled
            } else { false }
        switch outcome {
        case .verified where intent.action == .cancel: settle(intent.graphID, .cancelled, step)
        case .verified: settle(intent.graphID, wasStalled ? .stalled : .verified, step)
        case .notRecovered, .probablyNotLanded, .stalled:
            guard intent.action != .cancel else { return }
            let reason: Judgement.Reason =
                switch outcome {
                case .notRecovered: .notRecovered
                case .stalled: .stalled
                default: .outcomeUnknown
                }
            settle(intent.graphID, reason, step)
        case .refused, .notSent, .unauthorised, .throttled, .stopped: break
        }
    }

    // MARK: - What others did

    /// A restart that a person ordered here ends the hang as one by any other hand does.
    mutating func judge(orderedRestart intent: Intent, _ step: Step) {
        guard !intent.isOfAgent, let graph = step.view.graphs[intent.graphID] else { return }
        let id = intent.graphID
        guard let open = records[id]?.openDecision else {
            return noteMissed(graph, restartAt: intent.createdAt, step)
        }
        guard open.isPending, open.at <= intent.createdAt else { return }
        if hasAnswered(graph, after: open, until: intent.createdAt) {
            return settle(id, .answeredBefore, step)
        }
        let wasSilent = wasSilent(graph, since: open, until: intent.createdAt, step)
        settle(id, wasSilent ? .silentUntilRestart : .notSeen, step)
    }

    /// Someone restarts a graph about which nothing was decided. If it was silent for longer than
    /// a restart takes to show, a hang was missed. Planned work is none.
    mutating func noteMissed(_ graph: GraphView, restartAt: Timestamp, _ step: Step) {
        let id = graph.id
        guard records[id]?.openDecision == nil, let last = lastSilent[id],
            let since = silence(of: graph, until: restartAt, step), !isPlanned(graph, step),
            restartAt - since >= Timing.missedSilence,
            last.at > records[id]?.decisions.last?.at ?? .distantPast
        else { return }
        var missed = DecisionRecord(
            .missed,
            last.hangClass,
            entry: graph.entry ?? "",
            at: step.at
        )
        missed.judgement = Judgement(reason: .restartedByOthers, at: step.at)
        update(id) { $0.append(missed) }
        counters.count(missed, .missed)
    }

    private func isPlanned(_ graph: GraphView, _ step: Step) -> Bool {
        let holds = step.view.externalHolds + graph.externalHolds
        return pauses.contains { step.view.covers($0.scope, graph.id) }
            || holds.contains { $0.gate == .maintenance || $0.gate == .silence }
    }
}

extension Intent {
    /// Whether the agent decided it, with or without the approval of a person.
    var isOfAgent: Bool {
        if case .person = source { false } else { true }
    }
}

extension Work {
    /// Whether somebody may have ordered it in the management plane.
    fileprivate var isOfJob: Bool {
        switch self {
        case .job, .jobAdvanced, .jobEnded: true
        case .tasks, .queries, .operation: false
        }
    }
}

extension GraphView {
    /// When the hang was seen to have ended; nil while it may go on, or while work explains it.
    fileprivate func comeback(after decision: DecisionRecord) -> Timestamp? {
        if case .busy(let work) = verdict, work.isOfJob { return nil }
        guard statusCode == StatusCode.running else { return nil }
        guard decision.hangClass == .unresponsive else { return max(statusSince, decision.at) }
        guard isAnswering, let probe, probe.at > decision.at else { return nil }
        return probe.at
    }
}

extension Adoption {
    fileprivate var isReading: Bool {
        if case .reading = self { true } else { false }
    }
}

extension GraphRecord {
    /// Whether the agent stopped, restarted or started the graph, or may have.
    fileprivate func hasActed(since instant: Timestamp) -> Bool {
        attempts.contains {
            $0.action.isOfManagementPlane && $0.mayHaveHappened && $0.createdAt >= instant
        }
    }

    /// Whether the agent cancelled a task of the graph, or may have.
    fileprivate func hasCancelled(since instant: Timestamp) -> Bool {
        attempts.contains {
            $0.action == .cancel && $0.mayHaveHappened && $0.createdAt >= instant
        }
    }

    /// When someone else began to restart, to stop or to start the graph; nil if nobody did. A
    /// restart that waits has not begun, and may be withdrawn.
    fileprivate func othersRestart(
        of graph: GraphView,
        after instant: Timestamp,
        at now: Timestamp
    ) -> Timestamp? {
        let listed = (graph.jobs ?? []).filter {
            $0.isRestart && $0.state != .notFound && !owns($0)
        }
        let jobs = listed.filter { !$0.isQueued }
        let began = (jobs.map(\.beganAt) + [foreignJobAt].compactMap(\.self))
            .filter { $0 > instant }
        if let first = began.min() { return first }
        if case .externalAction(let since, _) = phase, since > instant,
            !listed.contains(where: \.isQueued)
        {
            return since
        }
        guard StatusCode.externalTraces.contains(graph.statusCode) else { return nil }
        return graph.statusSince > instant ? graph.statusSince : now
    }

    /// The longest that a verified restart of this graph has taken lately, or what the policy
    /// allows one to take.
    fileprivate func usualRestart(under policy: Policy) -> Duration {
        let taken = attempts.compactMap { attempt -> Duration? in
            guard attempt.action == .restart, let ending = attempt.ending,
                ending.outcome == .verified
            else { return nil }
            return ending.at - attempt.createdAt
        }
        return min(taken.max() ?? policy.restartTimeout, policy.restartTimeout)
    }
}

extension RemediationCounters {
    /// More pairs of kind and entry than this are not counted: names of entries change by reloads.
    private static let maximumDecisionCounts = 4_000

    fileprivate mutating func count(_ decision: DecisionRecord, _ outcome: DecisionOutcome) {
        count(decision, outcome, in: \.decisions)
    }

    mutating func count(_ label: DecisionLabel, of decision: DecisionRecord) {
        count(decision, label.isRight ? .right : .wrong, in: \.labels)
    }

    private mutating func count(
        _ decision: DecisionRecord,
        _ outcome: DecisionOutcome,
        in counts: WritableKeyPath<Self, [DecisionCount: Int]>
    ) {
        let count = DecisionCount(key: decision.key, outcome: outcome)
        guard
            self[keyPath: counts][count] != nil
                || self[keyPath: counts].count < Self.maximumDecisionCounts
        else { return uncountedDecisions += 1 }
        self[keyPath: counts][count, default: 0] += 1
    }
}
