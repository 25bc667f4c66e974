import Time

/// How an attempt ends, and how long the graph is left alone afterwards.
extension Machine {
    /// Writes the ending down, counts it, and begins a cool-down or, if nothing was sent, a
    /// back-off. `retryAfter` is the least that the back-off lasts. After a cancel or a start the
    /// next rung, or a person, follows instead.
    mutating func end(
        _ intent: Intent,
        _ outcome: AttemptOutcome,
        notBefore retryAfter: Duration? = nil,
        because cause: String? = nil,
        _ step: inout Step
    ) {
        close(intent, outcome, because: cause, &step)
        switch intent.action {
        case .cancel: release(afterCancel: intent, outcome, because: cause, &step)
        case .start:
            release(afterStart: intent, outcome, atLeast: retryAfter, because: cause, &step)
        case .restart, .stop:
            if outcome.counts {
                coolDown(intent, outcome, &step)
            } else {
                backOff(intent, outcome, atLeast: retryAfter, because: cause, &step)
            }
        }
    }

    /// Writes the ending down and counts it. What the graph does next is up to the caller.
    mutating func close(
        _ intent: Intent,
        _ outcome: AttemptOutcome,
        because cause: String?,
        _ step: inout Step
    ) {
        let at = step.at
        searchedInVain.remove(intent.id)
        judge(intent, endedAs: outcome, step)
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
            "\(intent.text) \(outcome.text)" + (cause.map { ": \($0)" } ?? "")
        )
    }

    /// A failure that uses up the attempts tells a person at once, because no cool-down would
    /// change that. A success that uses them up does not: the graph is well.
    mutating func coolDown(
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
        let used = record.usedUpAttempts(policy.maxAttempts, at: step.at)
        if outcome != .verified, let used, used.until == nil { exhaust(id, &step) }
    }

    /// Gives the graph to a person. It holds no place and keeps no other graph waiting.
    mutating func exhaust(_ id: GraphID, because cause: String? = nil, _ step: inout Step) {
        let policy = step.policy(of: id)
        let used = records[id]?.usedUpAttempts(policy.maxAttempts, at: step.at)
        move(id, to: .exhausted(since: step.at))
        let detail =
            "exhausted: "
            + (cause.map { "\($0); a person must acknowledge" } ?? used?.description
                ?? "it has used all its attempts; a person must acknowledge")
        audit(.exhausted, id, &step, reason: "graph_budget", detail)
    }

    /// What was not sent is no attempt, but it must not become a loop either: each in a row
    /// doubles the wait, up to an hour. GES may ask for more by `Retry-After`, up to a day.
    mutating func backOff(
        _ intent: Intent,
        _ outcome: AttemptOutcome,
        atLeast retryAfter: Duration?,
        because cause: String?,
        _ step: inout Step
    ) {
        let before = records[intent.graphID]?.unsentInARow ?? 0
        let doubled = Timing.unsentWait * (1 << min(before, 10))
        let wait = max(min(doubled, Timing.longestUnsentWait), retryAfter ?? .zero)
        let until = step.at + min(wait, Timing.longestPause)
        let pause = step.at + min(retryAfter ?? Timing.unsentWait, Timing.longestPause)
        let what = "\(intent.text) \(outcome.text)" + (cause.map { ": \($0)" } ?? "")
        update(intent.graphID) {
            $0.unsentInARow = before + 1
            // What a graph itself turns away says nothing of the others.
            if outcome == .throttled, intent.action.isOfManagementPlane {
                $0.change(intent) { $0.throttledUntil = pause }
            }
            $0.phase = .waiting(until: until, cause: what)
        }
        guard before + 1 >= Timing.unsentPatience else { return }
        let detail =
            "\(before + 1) restarts in a row did not happen, a person should look; \(what); "
            + "the next one is not before \(until)"
        audit(.unsent, of: intent, &step, reason: outcome.rawValue, detail)
    }

    private mutating func count(_ outcome: AttemptOutcome, of intent: Intent, at instant: Timestamp)
    {
        guard intent.action == .restart else {
            guard outcome != .stopped else { return }
            let count = RungCount(rung: intent.action.rung, outcome: outcome)
            counters.endedRungs[count, default: 0] += 1
            return
        }
        if outcome == .verified {
            counters.verifiedDurations.record(instant - intent.createdAt)
            counters.lastVerifiedAt = instant
        }
        if let reason = FailureReason(outcome) {
            counters.failures[reason, default: 0] += 1
        }
    }

    private func isFirstOfRung(_ intent: Intent) -> Bool {
        guard intent.action == .start else { return true }
        let before = records[intent.graphID]?.attempts.dropLast().last
        return before?.action.rung != .stopAndStart
    }

    mutating func countStart(_ intent: Intent) {
        if intent.action == .restart {
            counters.started += 1
        } else if isFirstOfRung(intent) {
            counters.startedRungs[intent.action.rung, default: 0] += 1
        }
    }
}
