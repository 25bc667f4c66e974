import Diagnosis
import Time

/// The rung that stops a graph and starts it again. The stop and the start are two requests with an
/// intent each, and the start is sent only to a graph that was read in status 900 directly before.
extension Machine {
    /// The stop is done when the status says so, whatever its job says.
    mutating func followStop(_ before: Phase.Restarting, _ step: inout Step) {
        var stopping = before
        let intent = before.intent
        let id = intent.graphID
        let graph = step.reading(of: id, after: before.since)
        if let graph, graph.statusCode != intent.expectedStatusCode {
            stopping.sawTransition = true
        }
        if let graph, graph.statusCode == StatusCode.stopped {
            return noteStopped(intent, .stopped, "the graph is stopped", &step)
        }
        if let graph, graph.statusCode == StatusCode.running, stopping.sawTransition {
            return beginVerifying(intent, "the graph runs again, started by someone else", &step)
        }
        let isUnderWay = stopping.hasFailedJob && (graph == nil || stopping.sawTransition)
        if let cause = stopping.causeToStall(graph, at: step.at),
            !isUnderWay || step.at >= stopping.deadline
        {
            return stall(intent, cause, &step)
        }
        move(id, to: .restarting(stopping))
        switch (stopping.jobID, stopping.job) {
        case (nil, _): step.effects.append(.searchJobs(intent))
        case (let jobID?, nil), (let jobID?, .pending), (let jobID?, .running):
            step.effects.append(.followJob(id, jobID: jobID))
        default: break
        }
    }

    /// Ends the attempt that left the graph stopped. From here on it has to be started.
    mutating func noteStopped(
        _ intent: Intent,
        _ outcome: AttemptOutcome,
        _ cause: String,
        _ step: inout Step
    ) {
        close(intent, outcome, because: cause, &step)
        let stopped = Phase.Stopped(
            intent: intent,
            since: step.at,
            deadline: step.at + step.policy(of: intent.graphID).restartTimeout
        )
        move(intent.graphID, to: .stopped(stopped))
    }

    /// Whether a restart that ends in status 900 may be followed by a start: the policy asks for
    /// that rung, nobody has to be asked, and it was not taken before. A restart whose job still
    /// runs may pass through that status.
    func mayStart(_ restarting: Phase.Restarting, _ graph: GraphView?, _ step: Step) -> Bool {
        graph?.statusCode == StatusCode.stopped && !restarting.isAtWork
            && startFollows(restarting.intent, step)
    }

    /// Whether the job of a restart has failed and the graph may still end in status 900: the
    /// status is awaited then, because a person need not be told of what is mended at once.
    func mayEndStopped(
        _ restarting: Phase.Restarting,
        _ graph: GraphView?,
        _ step: Step
    ) -> Bool {
        restarting.hasFailedJob && step.at < restarting.deadline
            && graph.map { StatusCode.restartTraces.contains($0.statusCode) } ?? true
            && startFollows(restarting.intent, step)
    }

    private func startFollows(_ intent: Intent, _ step: Step) -> Bool {
        guard intent.action == .restart, let graph = step.view.graphs[intent.graphID],
            graph.isOfMemoryEdition, let policy = graph.policy, policy.mode == .auto,
            policy.ladder.rungs.contains(.stopAndStart),
            mayActAlone(on: graph, under: policy, intent.hangClass),
            let record = records[intent.graphID]
        else { return false }
        return !record.attemptsOfIncident(at: step.at).contains { $0.action.rung == .stopAndStart }
    }

    /// Starts the graph as soon as the gates allow it. A graph that somebody else has started, or
    /// that ends in another state, is theirs.
    mutating func followStopped(_ before: Phase.Stopped, _ step: inout Step) {
        let id = before.intent.graphID
        let graph = step.reading(of: id, after: before.since)
        if step.at >= before.deadline {
            let why = before.hold.map { ": \($0)" } ?? ""
            return exhaust(id, because: "it is stopped and was not started in time\(why)", &step)
        }
        guard let graph else { return }
        guard graph.statusCode == StatusCode.stopped else {
            if StatusCode.dead.contains(graph.statusCode) {
                let cause = "it was to be started, but its status is \(graph.statusCode)"
                return exhaust(id, because: cause, &step)
            }
            // A listing may lag behind, and a start by someone else may fail.
            guard !StatusCode.restartTraces.contains(graph.statusCode) else { return }
            audit(.external, id, &step, reason: "external", "someone else has started it")
            return move(id, to: .externalAction(since: step.at, notBefore: nil))
        }
        guard step.at >= before.notBefore ?? .distantPast else { return }
        let closed = holdsOfStart(before, step)
        guard closed.isEmpty else { return noteHoldOfStart(before, closed, &step) }
        decideStart(before, &step)
    }

    /// What keeps a stopped graph from being started: what persons and the configuration say, and
    /// what GES refuses. That the graph is well proved, and how often it was restarted, was asked
    /// before the stop.
    private func holdsOfStart(_ stopped: Phase.Stopped, _ step: Step) -> [HoldReason] {
        let load = load(in: step.view, at: step.at)
        let context = gateContext(
            stopped.intent.request,
            .none,
            load,
            step.view,
            at: step.at,
            remedy: .stopAndStart
        )
        let omitted = step.view.omittedGates
        return Gate.ofStart.filter { !omitted.contains($0) }.compactMap { gate in
            if case .closed(let reason) = gate.verdict(in: context) { reason } else { nil }
        } + context.usedUpPosts()
    }

    private mutating func noteHoldOfStart(
        _ before: Phase.Stopped,
        _ closed: [HoldReason],
        _ step: inout Step
    ) {
        var stopped = before
        let why = closed.map(\.description).joined(separator: "; ")
        guard stopped.hold != why else { return }
        stopped.hold = why
        move(before.intent.graphID, to: .stopped(stopped))
        audit(
            .held,
            before.intent.graphID,
            &step,
            reason: closed.first?.label ?? "",
            "the graph is stopped, but its start is held: \(why)"
        )
    }

    private mutating func decideStart(_ stopped: Phase.Stopped, _ step: inout Step) {
        let before = stopped.intent
        let id = before.graphID
        var intent = Intent(
            request: before.request,
            graphName: before.graphName,
            attempt: (records[id]?.attemptCount ?? 0) + 1,
            createdAt: step.at,
            action: .start
        )
        intent.signs = before.signs
        intent.mode = step.view.graphs[id]?.policy?.mode
        intent.jobLimitMilliseconds = before.jobLimitMilliseconds
        update(id) {
            $0.phase = .intended(intent)
            $0.attemptCount = intent.attempt
            $0.attempts.append(Attempt(of: intent))
        }
        pending.intents.append(intent)
        countStart(intent)
        let detail = "starting \"\(intent.graphName)\", attempt \(intent.attempt): it is stopped"
        audit(.intended, of: intent, &step, reason: intent.hangClass.rawValue, detail)
        step.effects.append(.start(intent))
    }

    /// A start that was certainly not carried out leaves the graph stopped: it is decided anew, as
    /// another attempt, a few times. Anything else that failed needs a person.
    mutating func release(
        afterStart intent: Intent,
        _ outcome: AttemptOutcome,
        atLeast retryAfter: Duration?,
        because cause: String?,
        _ step: inout Step
    ) {
        let id = intent.graphID
        switch outcome {
        case .verified, .stalled, .stopped: coolDown(intent, outcome, &step)
        case .notSent, .throttled:
            backOff(intent, outcome, atLeast: retryAfter, because: cause, &step)
            guard case .waiting(let until, let cause) = phase(of: id) else { return }
            guard records[id]?.unsentInARow ?? 0 < Timing.unsentPatience else {
                return exhaust(id, because: "it is stopped; \(cause)", &step)
            }
            var stopped = Phase.Stopped(
                intent: intent,
                since: step.at,
                deadline: max(until, step.at) + step.policy(of: id).restartTimeout
            )
            stopped.notBefore = until
            move(id, to: .stopped(stopped))
        case .notRecovered, .refused, .probablyNotLanded, .unauthorised:
            exhaust(id, because: "the start, its last rung, \(outcome.text)", &step)
        }
    }
}

extension Phase.Restarting {
    /// Whether its job waits or runs.
    var isAtWork: Bool { job == .pending || job == .running }

    var hasFailedJob: Bool {
        if case .failed = job { true } else { false }
    }
}

extension Gate {
    /// What is asked again before the start of a graph that we have stopped.
    static let ofStart: [Gate] = [
        .known, .mode, .selection, .detectOnly, .credential, .throttle, .pause, .maintenance,
        .silence, .blockingAlert, .provider, .leadership, .shadow,
    ]
}

extension Intent {
    /// What asked for it.
    var request: RestartRequest {
        RestartRequest(
            graphID: graphID,
            hangClass: hangClass,
            alertname: alertname,
            reason: reason,
            activeAt: createdAt,
            source: source
        )
    }
}
