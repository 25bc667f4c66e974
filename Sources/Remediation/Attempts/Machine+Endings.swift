import Time

/// How an attempt ends, and what the graph owes to it afterwards.
extension Machine {
    mutating func end(
        _ intent: Intent,
        _ outcome: AttemptOutcome,
        notBefore retryAfter: Duration? = nil,
        _ step: inout Step
    ) {
        let at = step.at
        update(intent.graphID) {
            $0.change(intent) { $0.ending = Attempt.Ending(outcome: outcome, at: at) }
        }
        pending.endings.append(IntentEnding(intentID: intent.id, outcome: outcome, at: at))
        count(outcome, of: intent, at: at)
        audit(
            .ended,
            of: intent,
            &step,
            reason: outcome.rawValue,
            "attempt \(intent.attempt) \(outcome.text)"
        )
        if outcome.counts {
            leaveAlone(intent, outcome, &step)
        } else {
            waitAfterUnsent(intent, outcome, atLeast: retryAfter, step)
        }
    }

    /// A failure that uses up the attempts tells a person at once: no cool-down would change it.
    private mutating func leaveAlone(
        _ intent: Intent,
        _ outcome: AttemptOutcome,
        _ step: inout Step
    ) {
        let id = intent.graphID
        let policy = step.policy(of: id)
        let record = records[id] ?? GraphRecord(id: id)
        let until = record.coolDownEnd(policy, from: step.at)
        update(id) {
            $0.unsentInARow = 0
            $0.phase = .coolingDown(until: until, attempt: intent.attempt, outcome: outcome)
        }
        if outcome != .verified, record.usedUpAttempts(policy.maxAttempts, at: step.at) != nil {
            exhaust(id, &step)
        }
    }

    mutating func exhaust(_ id: GraphID, _ step: inout Step) {
        let policy = step.policy(of: id)
        let used = records[id]?.usedUpAttempts(policy.maxAttempts, at: step.at)
        move(id, to: .exhausted(since: step.at))
        let detail =
            "nothing more is done until a person acknowledges: "
            + (used?.description ?? "the attempts are used up")
        audit(.exhausted, id, &step, reason: "graph_budget", detail)
    }

    /// Not an attempt, because nothing happened; but not a loop either.
    private mutating func waitAfterUnsent(
        _ intent: Intent,
        _ outcome: AttemptOutcome,
        atLeast retryAfter: Duration?,
        _ step: Step
    ) {
        let before = records[intent.graphID]?.unsentInARow ?? 0
        let doubled = Timing.unsentWait * (1 << min(before, 10))
        let wait = max(min(doubled, Timing.longestUnsentWait), retryAfter ?? .zero)
        let longest: Duration = .seconds(24 * 3600)
        update(intent.graphID) {
            $0.unsentInARow = before + 1
            $0.phase = .waiting(
                until: step.at + min(wait, longest),
                cause: "attempt \(intent.attempt) \(outcome.text)"
            )
        }
    }

    private mutating func count(_ outcome: AttemptOutcome, of intent: Intent, at instant: Timestamp)
    {
        if outcome == .verified {
            counters.verifiedDurations.record(instant - intent.createdAt)
            counters.lastVerifiedAt = instant
        }
        if let reason = FailureReason(outcome) {
            counters.failures[reason, default: 0] += 1
        }
    }

    // MARK: - Somebody else

    /// A graph that somebody stops or starts gets the rest that it would get after a restart of
    /// our own: whoever does it is at work on it. It does not use up attempts, which say how often
    /// *our* diagnosis was wrong.
    mutating func noticeExternalActions(_ step: inout Step) {
        let touched = step.view.graphs.values.filter { graph in
            Status.externalTraces.contains(graph.statusCode)
                && graph.policy.map { $0.mode != .off } ?? false
                && step.reading(of: graph.id, after: .distantPast) != nil
                && phase(of: graph.id).yieldsToOthers
        }
        for graph in touched.sorted(by: { $0.id < $1.id }) {
            let due = phase(of: graph.id).until
            move(graph.id, to: .external(since: step.at, notBefore: due))
            let detail = "somebody else stops or starts it: its status is \(graph.statusCode)"
            audit(.external, graph.id, &step, reason: "external", detail)
        }
    }

    mutating func noticeEndOfExternalAction(_ id: GraphID, notBefore: Timestamp?, _ step: Step) {
        guard let graph = step.reading(of: id, after: .distantPast),
            !Status.restartTraces.contains(graph.statusCode)
        else { return }
        let rested = step.at + step.policy(of: id).cooldown
        let until = max(rested, notBefore ?? rested)
        move(id, to: .waiting(until: until, cause: "somebody else stopped or started it"))
    }
}

extension Phase {
    /// When a rest that the graph still owes is over.
    fileprivate var until: Timestamp? {
        switch self {
        case .coolingDown(let until, _, _), .waiting(let until, _): until
        default: nil
        }
    }

    fileprivate var yieldsToOthers: Bool {
        switch self {
        case .idle, .awaitingApproval, .countingDown, .coolingDown, .waiting: true
        default: false
        }
    }
}
