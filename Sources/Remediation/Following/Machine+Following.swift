import Time

/// Follows every attempt to its end, whatever rules, policy and pauses say meanwhile: a restart
/// that was sent happens, and somebody has to see how it ends.
extension Machine {
    /// Moves one graph on as far as time and what is seen allow.
    mutating func follow(_ id: GraphID, _ step: inout Step) {
        expire(id, step)
        if endIfGone(id, &step) { return }
        switch phase(of: id) {
        case .idle, .awaitingApproval, .countingDown, .gatheringEvidence, .exhausted: break
        case .coolingDown(let until, _, _), .waiting(let until, _), .suspended(let until, _, _):
            if step.at >= until { move(id, to: .idle) }
        case .intended(let intent): awaitAnswer(intent, &step)
        case .unknownOutcome(let intent, _, let until): search(intent, until: until, &step)
        case .restarting(let restarting): follow(restarting, &step)
        case .verifying(let verifying): verify(verifying, &step)
        case .stopped(let stopped): followStopped(stopped, &step)
        case .stalled(let intent, let since, _): noticeReturn(intent, stalledSince: since, &step)
        case .externalAction(let since, let notBefore):
            noticeEndOfExternalAction(id, since: since, notBefore: notBefore, step)
        }
    }

    /// The restart of a graph that is gone has no end that could be awaited.
    private mutating func endIfGone(_ id: GraphID, _ step: inout Step) -> Bool {
        guard step.view.isGone(id) else { return false }
        let gone = "the graph is gone from the list of all graphs"
        switch phase(of: id) {
        case .restarting(let restarting): end(restarting.intent, .stalled, because: gone, &step)
        case .verifying(let verifying): end(verifying.intent, .notRecovered, because: gone, &step)
        case .stalled(let intent, _, _): end(intent, .stalled, because: gone, &step)
        case .unknownOutcome(let intent, _, let until) where step.at >= until:
            end(intent, .probablyNotLanded, because: gone, &step)
        case .stopped(let stopped):
            move(id, to: .idle)
            audit(.released, of: stopped.intent, &step, reason: "ended", gone)
        default: return false
        }
        return true
    }

    /// A performer that stays silent has lost the answer, or is lost itself.
    private mutating func awaitAnswer(_ intent: Intent, _ step: inout Step) {
        guard step.at >= intent.createdAt + Timing.answerBound else { return }
        let detail =
            "no answer within \(Timing.answerBound.text); searching for a trace of the \(intent.noun)"
        audit(.outcome, of: intent, &step, reason: "unknown", detail)
        if intent.action == .cancel { return awaitRecovery(afterCancel: intent, &step) }
        beginSearching(intent, step.at)
        step.effects.append(.searchJobs(intent))
    }

    /// The status is the fastest witness: a graph passes through 901 and 920 only when it is
    /// stopped and started. The other witness is the job list, which may not show restarts at all,
    /// so an empty search proves nothing and only the bound ends it.
    private mutating func search(_ intent: Intent, until: Timestamp, _ step: inout Step) {
        let id = intent.graphID
        if let graph = step.reading(of: id, after: intent.createdAt),
            intent.isTrace(graph.statusCode)
        {
            audit(
                .landed,
                of: intent,
                &step,
                reason: "status",
                "the \(intent.noun) landed: the status is \(graph.statusCode)"
            )
            beginFollowing(intent, jobID: nil, sawTransition: true, &step)
            step.effects.append(.searchJobs(intent))
        } else if step.at >= until {
            end(intent, .probablyNotLanded, &step)
        } else {
            step.effects.append(.searchJobs(intent))
        }
    }

    /// The graph is back when its job succeeded, or without a known job when its status has
    /// changed, and it shows 200 in a reading that is newer than the acceptance.
    private mutating func follow(_ before: Phase.Restarting, _ step: inout Step) {
        if before.intent.action == .stop { return followStop(before, &step) }
        var restarting = before
        let intent = before.intent
        let id = intent.graphID
        let seen = step.reading(of: id, after: intent.createdAt)
        if let seen, seen.statusCode != intent.expectedStatusCode {
            restarting.sawTransition = true
        }
        let graph = step.reading(of: id, after: before.since)
        if let graph, graph.statusCode == StatusCode.running, restarting.isDoneButForStatus {
            return beginVerifying(intent, "the graph runs again", &step)
        }
        if let graph, let job = restarting.endlessJob(graph, at: step.at) {
            let detail = "the graph runs and answers, although its job \(job) has not ended"
            return beginVerifying(intent, detail, &step)
        }
        if let cause = restarting.causeToStall(graph, at: step.at) {
            if mayStart(restarting, graph, step) {
                counters.failures[.timeout, default: 0] += 1
                return noteStopped(intent, .stalled, cause, &step)
            }
            guard mayEndStopped(restarting, graph, step) else {
                return stall(intent, cause, &step)
            }
        }
        move(id, to: .restarting(restarting))
        switch (restarting.jobID, restarting.job) {
        case (nil, _): step.effects.append(.searchJobs(intent))
        case (let jobID?, nil), (let jobID?, .pending), (let jobID?, .running):
            step.effects.append(.followJob(id, jobID: jobID))
        default: break
        }
    }

    mutating func beginVerifying(
        _ intent: Intent,
        wasStalled: Bool = false,
        _ detail: String,
        _ step: inout Step
    ) {
        let verifying = Phase.Verifying(
            intent: intent,
            wasStalled: wasStalled,
            since: step.at,
            deadline: step.at + step.policy(of: intent.graphID).verify.within
        )
        move(intent.graphID, to: .verifying(verifying))
        audit(.verifying, of: intent, &step, detail)
    }

    /// The end of what the machine does by itself: a second restart on top of a first one that
    /// never ended would help nobody.
    mutating func stall(_ intent: Intent, _ cause: String, _ step: inout Step) {
        move(intent.graphID, to: .stalled(intent, since: step.at, cause: cause))
        if intent.action == .restart { counters.failures[.timeout, default: 0] += 1 }
        let detail = "the \(intent.noun) stalled: \(cause); a person must acknowledge"
        audit(.stalled, of: intent, &step, reason: "stalled", detail)
    }

    /// A stalled graph that comes back, late or by a person's hand, has to prove it like any
    /// other.
    private mutating func noticeReturn(
        _ intent: Intent,
        stalledSince since: Timestamp,
        _ step: inout Step
    ) {
        guard let graph = step.reading(of: intent.graphID, after: since),
            graph.statusCode == StatusCode.running
        else { return }
        let isStillReported = requests[intent.graphID] != nil
        let isNew = graph.probe.map { $0.at > since } ?? true
        if isNew, graph.hasRecovered(from: intent, isStillReported: isStillReported) == true {
            let detail = "the stalled graph runs and answers again"
            beginVerifying(intent, wasStalled: true, detail, &step)
        }
    }

    /// Only readings that are newer than the begin of this phase count. At the deadline the
    /// restart has not helped, whatever the last probe said.
    private mutating func verify(_ before: Phase.Verifying, _ step: inout Step) {
        var verifying = before
        let intent = before.intent
        let graph = step.reading(of: intent.graphID, after: before.since)
        if let graph {
            verifying.count(graph, isStillReported: requests[intent.graphID] != nil)
        }
        if let graph, intent.action == .cancel, StatusCode.externalTraces.contains(graph.statusCode)
        {
            let cause = "someone else is stopping or starting it"
            return end(intent, outcome(ofVainCancel: intent), because: cause, &step)
        }
        let needed = max(1, step.policy(of: intent.graphID).verify.probes)
        if verifying.goodProbes >= needed, graph?.statusCode == StatusCode.running {
            end(intent, .verified, because: graph?.proof(ofRecoveryFrom: intent), &step)
        } else if step.at >= verifying.deadline {
            let isCancel = intent.action == .cancel
            end(intent, isCancel ? outcome(ofVainCancel: intent) : .notRecovered, &step)
        } else {
            move(intent.graphID, to: .verifying(verifying))
        }
    }

    /// Forgets attempts that are too old to count, and the record of a graph that is long gone.
    /// Only with sight: a blind agent sees no graph at all, and none of them is gone.
    private mutating func expire(_ id: GraphID, _ step: Step) {
        guard step.view.sightSince != nil else { return }
        let oldest = step.at - Timing.attemptRetention
        update(id) { record in
            record.attempts.removeAll { $0.ending != nil && $0.createdAt < oldest }
            record.expireDecisions(at: step.at)
            if step.view.graphs[id] != nil {
                record.missingSince = nil
            } else if record.missingSince == nil {
                record.missingSince = step.at
            }
            if let since = record.missingSince,
                step.at >= since + Timing.missingGraphRetention
            {
                record = record.forgotten(at: step.at)
            }
        }
    }
}

extension Phase.Restarting {
    /// Whether only status 200 is missing: the job has succeeded, or none is known and the status
    /// has changed instead.
    fileprivate var isDoneButForStatus: Bool {
        job == .succeeded || (job == nil && sawTransition)
    }

    /// The job that still runs although the graph works: nobody waits for its end. nil if there is
    /// none. A job may end a little later than its graph runs, and a graph that has not been
    /// stopped yet gets the time that a stop may take to show.
    fileprivate func endlessJob(_ graph: GraphView, at instant: Timestamp) -> String? {
        guard let jobID, job == .running || job == .pending,
            graph.statusCode == StatusCode.running, graph.isAnswering,
            let probe = graph.probe, probe.at > since,
            instant >= since + Timing.changeBound
        else { return nil }
        return jobID
    }

    /// Why the restart is stalled; nil if it is not. Without a reading only the job and the
    /// deadline count: what is not seen proves nothing.
    func causeToStall(_ graph: GraphView?, at instant: Timestamp) -> String? {
        if case .failed(let reason) = job { return "its job failed: \(reason)" }
        if instant >= deadline { return "it was not running again by \(deadline)" }
        guard let graph else { return nil }
        // A start begins in a dead status, and a stop ends in one.
        let deadSince = intent.action == .start ? max(graph.statusSince, since) : graph.statusSince
        if StatusCode.dead.contains(graph.statusCode),
            instant - deadSince >= Timing.deadStatusBound
        {
            return "it has been in status \(graph.statusCode) since \(graph.statusSince)"
        }
        if !sawTransition, !isAtWork, instant >= since + Timing.changeBound {
            return "accepted, but its status stayed \(graph.statusCode) "
                + "for \(Timing.changeBound.text)"
        }
        return nil
    }
}

extension Phase.Verifying {
    /// Counts each observation once, if it tells.
    fileprivate mutating func count(_ graph: GraphView, isStillReported: Bool) {
        guard graph.statusCode == StatusCode.running else {
            goodProbes = 0
            return
        }
        let seenAt = graph.probe?.at ?? graph.observedAt ?? countedAt
        guard seenAt > countedAt else { return }
        countedAt = seenAt
        guard let isGood = graph.hasRecovered(from: intent, isStillReported: isStillReported) else {
            return
        }
        goodProbes = isGood ? goodProbes + 1 : 0
    }
}
