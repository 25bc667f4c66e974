import Time

/// What reports change. A report about an attempt that is no longer followed changes nothing: it
/// is late, and the attempt has been judged without it.
extension Machine {
    mutating func receive(_ report: Report, _ step: inout Step) {
        switch report {
        case .outcome(let intentID, let outcome, let at):
            receive(outcome, of: intentID, sentAt: at, &step)
        case .evidence(let id, let summary): receiveEvidence(summary, of: id, &step)
        case .job(let id, let jobID, let state): receive(state, of: jobID, of: id)
        case .jobsFound(let intentID, let jobs, let isComplete):
            receive(jobs, isComplete: isComplete, for: intentID, &step)
        case .jobList(let jobs): receive(jobList: jobs, &step)
        case .partialJobList(let jobs, let shortfall):
            receive(partialJobList: jobs, shortfall, &step)
        case .jobListFailed(let text, let isRefusal):
            receive(jobListFailure: text, isRefusal: isRefusal, &step)
        case .order(let order): carryOut(order, &step)
        }
    }

    /// An accepted restart that was already found by its trace only adds its job.
    private mutating func receive(
        _ outcome: RestartOutcome,
        of intentID: String,
        sentAt: Timestamp,
        _ step: inout Step
    ) {
        guard let intent = followedIntent(intentID) else {
            let detail = "received the outcome of intent \(intentID), which is no longer followed"
            return audit(.late, nil, &step, reason: outcome.label, detail)
        }
        let id = intent.graphID
        noteOutcome(outcome, of: intent, at: sentAt)
        switch phase(of: id) {
        case .intended, .unknownOutcome: act(on: outcome, of: intent, &step)
        case .restarting(var restarting):
            if case .accepted(let jobID?) = outcome, restarting.jobID == nil, !jobID.isEmpty {
                restarting.jobID = jobID
                move(id, to: .restarting(restarting))
                noteJob(jobID, of: intent)
            }
        default: break
        }
    }

    /// Only a definite answer ends the attempt. Whatever leaves a doubt is searched for.
    private mutating func act(
        on outcome: RestartOutcome,
        of intent: Intent,
        _ step: inout Step
    ) {
        audit(.outcome, of: intent, &step, reason: outcome.label, outcome.description)
        switch outcome {
        case .accepted where intent.action == .cancel: awaitRecovery(afterCancel: intent, &step)
        case .accepted(let jobID):
            beginFollowing(intent, jobID: jobID, sawTransition: false, &step)
        case .refused, .unauthorised:
            end(intent, outcome.ending ?? .refused, because: outcome.cause, &step)
        case .throttled(let retryAfter): end(intent, .throttled, notBefore: retryAfter, &step)
        case .notSent(let cause): end(intent, .notSent, because: cause, &step)
        case .unknown where intent.action == .cancel: awaitRecovery(afterCancel: intent, &step)
        case .unknown: beginSearching(intent, step.at)
        }
    }

    /// GES has the restart: from here on the graph is watched until it runs again.
    mutating func beginFollowing(
        _ intent: Intent,
        jobID: String?,
        sawTransition: Bool,
        _ step: inout Step
    ) {
        let id = intent.graphID
        let restarting = Phase.Restarting(
            intent: intent,
            jobID: jobID.flatMap { $0.isEmpty ? nil : $0 },
            since: step.at,
            deadline: step.at + step.policy(of: id).restartTimeout,
            sawTransition: sawTransition
        )
        update(id) {
            $0.phase = .restarting(restarting)
            $0.unsentInARow = 0
        }
        if let jobID = restarting.jobID { noteJob(jobID, of: intent) }
        judge(orderedRestart: intent, step)
    }

    /// The attempt remembers its job, so that it is not taken for a restart by someone else later.
    private mutating func noteJob(_ jobID: String, of intent: Intent) {
        update(intent.graphID) { $0.change(intent) { $0.jobID = jobID } }
    }

    /// The bound counts from the intent: when the outcome became unknown has no bearing on when the
    /// request can land.
    mutating func beginSearching(_ intent: Intent, _ instant: Timestamp) {
        guard case .intended = phase(of: intent.graphID) else { return }
        let bound = intent.createdAt + Timing.landingBound
        move(intent.graphID, to: .unknownOutcome(intent, since: instant, until: bound))
    }

    private mutating func receiveEvidence(
        _ summary: String,
        of id: GraphID,
        _ step: inout Step
    ) {
        guard case .gatheringEvidence(var gathering) = phase(of: id) else { return }
        gathering.isComplete = true
        move(id, to: .gatheringEvidence(gathering))
        audit(.evidence, id, &step, summary)
    }

    /// A job that GES does not know is forgotten; the status and the job list remain as witnesses.
    private mutating func receive(_ state: JobState, of jobID: String, of id: GraphID) {
        guard case .restarting(var restarting) = phase(of: id), restarting.jobID == jobID else {
            return
        }
        if state == .notFound {
            restarting.jobID = nil
            restarting.job = nil
        } else {
            restarting.job = state
        }
        move(id, to: .restarting(restarting))
    }

    /// A job in the list proves that the restart landed, and gives its id.
    private mutating func receive(
        _ jobs: [FoundJob],
        isComplete: Bool,
        for intentID: String,
        _ step: inout Step
    ) {
        guard let intent = followedIntent(intentID) else { return }
        guard let job = jobs.restart(of: intent, acceptedAs: phase(of: intent.graphID).jobID) else {
            if isComplete, !jobs.hasQueued(intent) {
                searchedInVain.insert(intentID)
            } else {
                searchedInVain.remove(intentID)
            }
            return
        }
        searchedInVain.remove(intentID)
        if case .unknownOutcome = phase(of: intent.graphID) {
            let detail = "the \(intent.noun) landed: job \(job.id) began at \(job.beganAt)"
            audit(.landed, of: intent, &step, reason: "job", detail)
            beginFollowing(intent, jobID: job.id, sawTransition: false, &step)
        }
        if case .restarting(var restarting) = phase(of: intent.graphID),
            restarting.jobID == nil || restarting.jobID == job.id
        {
            restarting.jobID = job.id
            restarting.job = job.state == .notFound ? nil : job.state
            move(intent.graphID, to: .restarting(restarting))
            noteJob(job.id, of: intent)
        }
    }

    private func followedIntent(_ intentID: String) -> Intent? {
        records.values.lazy.compactMap(\.phase.intent).first { $0.id == intentID }
    }
}
