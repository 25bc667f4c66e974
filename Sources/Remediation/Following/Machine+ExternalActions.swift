import Diagnosis
import Time

/// Restarts, stops and starts by persons and other programs, seen in the status and in the jobs.
extension Machine {
    /// A graph that someone else stops or starts gets the rest that it would get after a restart
    /// of ours: they are at work on it. It uses up no attempts, because those say how often *our*
    /// diagnosis was wrong.
    ///
    /// The job list is the earlier witness: listings lag behind.
    mutating func noticeExternalActions(_ step: inout Step) {
        // The traces come first: nearly all graphs have none.
        let touched = step.view.graphs.values.filter { graph in
            (StatusCode.externalTraces.contains(graph.statusCode)
                || graph.jobs.map { $0.contains(where: \.isRestart) } ?? false)
                && graph.sharedPolicy.map { $0.policy.mode != .off } ?? false
                && step.reading(of: graph.id, after: .distantPast) != nil
        }
        for graph in touched.sorted(by: { $0.id < $1.id }) {
            if StatusCode.externalTraces.contains(graph.statusCode) {
                noteStatus(of: graph, &step)
            } else {
                for job in (graph.jobs ?? []).sorted(by: {
                    ($0.beganAt, $0.id) < ($1.beganAt, $1.id)
                })
                where job.isRestart {
                    noteForeign(job, of: graph, &step)
                }
            }
        }
    }

    private mutating func noteStatus(of graph: GraphView, _ step: inout Step) {
        guard phase(of: graph.id).yieldsToOthers else { return }
        let due = phase(of: graph.id).restUntil
        noteMissed(graph, restartAt: step.at, step)
        move(graph.id, to: .externalAction(since: step.at, notBefore: due))
        let detail = "someone else is stopping or starting it: its status is \(graph.statusCode)"
        audit(.external, graph.id, &step, reason: "external", detail)
    }

    /// Notes a restart that is not ours, once: while it runs the graph is left alone, and for the
    /// cool-down after it. One that failed counts too: somebody is at work on the graph.
    mutating func noteForeign(_ job: FoundJob, of graph: GraphView, _ step: inout Step) {
        let id = graph.id
        let record = records[id] ?? GraphRecord(id: id)
        guard job.state != .notFound, !record.owns(job),
            job.beganAt > record.foreignJobAt ?? .distantPast,
            record.phase.yieldsToOthers
        else { return }
        let policy = step.policy(of: id)
        let until = job.beganAt + Timing.foreignRestart + policy.cooldown
        let isRunning =
            job.state.isUnfinished && step.at - job.beganAt < policy.diagnosis.jobLimit
        guard isRunning || until > step.at && !job.isQueued else { return }
        if record.competes(with: job, at: step.at) { rivals.note(job.beganAt) }
        let due = record.phase.restUntil
        if !job.isQueued { noteMissed(graph, restartAt: job.beganAt, step) }
        update(id) {
            if !job.isQueued { $0.foreignJobAt = job.beganAt }
            $0.phase =
                isRunning
                ? .externalAction(since: min(job.beganAt, step.at), notBefore: due)
                : .waiting(
                    until: max(until, due ?? until),
                    cause: "someone else restarted it at \(job.beganAt)"
                )
        }
        let detail =
            "someone else \(isRunning ? "is restarting" : "restarted") it: job \(job.id) "
            + "(\(job.name)) began at \(job.beganAt)"
        audit(.external, id, &step, reason: "external", detail)
    }

    /// Gives the graph its rest once neither its status nor its jobs show a trace of the action.
    mutating func noticeEndOfExternalAction(
        _ id: GraphID,
        since: Timestamp,
        notBefore: Timestamp?,
        _ step: Step
    ) {
        guard let graph = step.reading(of: id, after: .distantPast),
            !StatusCode.restartTraces.contains(graph.statusCode)
        else { return }
        let limit = step.policy(of: id).diagnosis.jobLimit
        let runs = (graph.jobs ?? []).contains { job in
            job.isRestart && job.state.isUnfinished && step.at - job.beganAt < limit
        }
        guard !runs else { return }
        let rested = step.at + step.policy(of: id).cooldown
        let until = max(rested, notBefore ?? rested)
        move(id, to: .waiting(until: until, cause: "someone else stopped or started it"))
    }
}

extension GraphRecord {
    /// Whether the job is that of one of our attempts: by its id or, where GES named none, by its
    /// time.
    func owns(_ job: FoundJob) -> Bool {
        attempts.contains { attempt in
            if let jobID = attempt.jobID { return jobID == job.id }
            return attempt.action.isOfManagementPlane && attempt.mayHaveHappened
                && job.beganAt >= attempt.createdAt - Timing.jobClockTolerance
                && job.beganAt <= attempt.ending?.at ?? .distantFuture
        }
    }
}

extension GraphRecord {
    /// Whether somebody else restarts the graph at the same time as this agent.
    fileprivate func competes(with job: FoundJob, at instant: Timestamp) -> Bool {
        if case .gatheringEvidence = phase { return instant - job.beganAt < Rivals.closeness }
        guard let last = attempts.last(where: { $0.action.isOfManagementPlane }) else {
            return false
        }
        let between = job.beganAt - last.createdAt
        return between > Duration.zero - Rivals.closeness && between < Rivals.closeness
    }
}

extension Phase {
    /// When the rest that the graph still owes is over; nil if it owes none.
    fileprivate var restUntil: Timestamp? {
        switch self {
        case .coolingDown(let until, _, _), .waiting(let until, _): until
        default: nil
        }
    }

    /// Whether nothing of ours is in progress that the same status could come from.
    fileprivate var yieldsToOthers: Bool {
        switch self {
        case .idle, .awaitingApproval, .countingDown, .gatheringEvidence, .coolingDown, .waiting:
            true
        default: false
        }
    }
}
