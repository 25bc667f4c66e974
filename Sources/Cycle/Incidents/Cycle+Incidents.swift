import Diagnosis
import Remediation
import Rules
import Time

/// How the record of each incident is kept. It only watches: nothing is decided by it.
extension Cycle {
    /// Notes what this step has shown of every open incident, opens those that begin and closes
    /// those that are over.
    mutating func keepIncidents(
        _ requests: [RestartRequest],
        _ effects: [Effect],
        _ view: FleetView,
        _ turn: Turn
    ) {
        let lines = effects.compactMap { effect -> AuditEntry? in
            guard case .record(let entry) = effect, entry.graphID != nil else { return nil }
            return entry
        }
        let asking = Dictionary(requests.map { ($0.graphID, $0) }) { first, second in
            second.activeAt < first.activeAt ? second : first
        }
        openIncidents(asking, lines, view, at: turn.now)
        guard !incidents.open.isEmpty else { return }
        observeIncidents(view, at: turn.now)
        for note in turn.input.notes { take(note) }
        for line in lines { take(line) }
        for id in incidents.open.keys.sorted() { observeJob(id, at: turn.now) }
        for id in incidents.open.keys.sorted() { observeSize(id, at: turn.now) }
        for id in incidents.open.keys.sorted() { observeDecision(id, view, at: turn.now) }
        let over = incidents.open.keys.filter { isOver($0, asking, view) }.sorted()
        for id in over.prefix(IncidentBook.changedPerStep) { incidents.close(id, at: turn.now) }
    }

    // MARK: Opening

    private mutating func openIncidents(
        _ asking: [GraphID: RestartRequest],
        _ lines: [AuditEntry],
        _ view: FleetView,
        at now: Timestamp
    ) {
        var left = IncidentBook.openedPerStep
        // Where something is done comes before what only asks.
        let acting = Set(lines.lazy.filter(\.kind.opensIncident).compactMap(\.graphID))
        for id in acting.sorted() + asking.keys.sorted() {
            guard left > 0, !incidents.isFull else { return }
            guard incidents.open[id] == nil else { continue }
            left -= 1
            open(id, asking[id], view, at: now)
        }
    }

    private mutating func open(
        _ id: GraphID,
        _ request: RestartRequest?,
        _ view: FleetView,
        at now: Timestamp
    ) {
        let intent = machine.record(of: id).phase.intent
        var record = IncidentRecord(
            graphID: id,
            graphName: view.graphs[id]?.name ?? intent?.graphName ?? "",
            hangClass: request?.hangClass ?? intent?.hangClass ?? .unresponsive,
            alertname: request?.alertname ?? intent?.alertname ?? "",
            openedAt: now,
            number: incidents.nextNumber(of: id, at: now)
        )
        let signs = inventory.entries[id.rawValue].map { explained($0, at: now).signs } ?? []
        let speaking = signs.filter(\.word.speaksOfHang).min { $0.since < $1.since }
        record.milestones.firstSignAt = speaking?.since
        record.milestones.alertActiveAt = request?.activeAt
        record.milestones.alertFiredAt = request.map { $0.firedAt ?? now }
        record.sizeBefore = inventory.entries[id.rawValue].flatMap(IncidentRecord.GraphSize.init)
        incidents.begin(record)
        if let speaking {
            let text = "\(speaking.sign): \(speaking.word.rawValue) \(speaking.answer)"
            incidents.note(id, .firstSign, at: speaking.since, text)
        }
        guard let request else { return }
        incidents.note(id, .alertPending, at: request.activeAt, request.alertname)
        incidents.note(id, .alertFiring, at: request.firedAt ?? now, "\(request)")
    }

    // MARK: Watching

    /// Goes on where the last step had enough, so that a storm leaves out no graph.
    private mutating func observeIncidents(_ view: FleetView, at now: Timestamp) {
        let sorted = incidents.open.keys.sorted()
        let start = incidents.lastObserved.flatMap { last in sorted.firstIndex { $0 > last } } ?? 0
        var left = IncidentBook.changedPerStep
        incidents.lastObserved = nil
        var explainer: Explainer?
        for id in sorted[start...] + sorted[..<start] {
            let before = incidents.noteCount(of: id)
            observe(id, view, &explainer, at: now)
            guard incidents.noteCount(of: id) != before else { continue }
            left -= 1
            guard left > 0 else { return incidents.lastObserved = id }
        }
    }

    /// Notes a verdict, a status, reasons for holding and a job that differ from the last ones.
    ///
    /// - Parameter explainer: made when it is needed first. Most steps need none.
    private mutating func observe(
        _ id: GraphID,
        _ view: FleetView,
        _ explainer: inout Explainer?,
        at now: Timestamp
    ) {
        if let graph = view.graphs[id], let entry = inventory.entries[id.rawValue] {
            observeVerdict(graph, entry, at: now)
            observeStatus(graph, at: now)
        }
        var reasons = machine.decisions[id]?.holdReasons ?? []
        if case .shadow = machine.decisions[id] { reasons = [.shadow] }
        let labels = reasons.map(\.label)
        if !labels.isEmpty, incidents.seen[id]?.holds != labels {
            incidents.seen[id, default: IncidentBook.Seen()].holds = labels
            let made = explainer ?? machine.explainer(in: view, at: now)
            explainer = made
            let findings = made.explain(id).gates
            incidents.change(id) { $0.gates = findings.map(IncidentRecord.GateState.init) }
            let text = reasons.map(\.description).joined(separator: "; ")
            incidents.note(id, .gates, at: now, "closed: \(text)")
        }
    }

    /// After the lines of the step: the job is named by the answer.
    private mutating func observeJob(_ id: GraphID, at now: Timestamp) {
        if let jobID = machine.record(of: id).phase.jobID, incidents.open[id]?.jobID != jobID {
            incidents.change(id) { $0.jobID = jobID }
            incidents.note(id, .job, at: now, jobID)
        }
    }

    /// The numbers that show whether the restart cost data. The polls read them in any case.
    private mutating func observeSize(_ id: GraphID, at now: Timestamp) {
        guard let record = incidents.open[id], record.sizeAfter == nil,
            let restartedAt = record.milestones.restartedAt,
            let size = inventory.entries[id.rawValue].flatMap(IncidentRecord.GraphSize.init),
            size.at > restartedAt
        else { return }
        incidents.change(id) { $0.sizeAfter = size }
        let before = record.sizeBefore.map { "; before: \($0)" } ?? ""
        incidents.note(id, .size, at: now, "after the restart: \(size)\(before)")
    }

    /// What became of the decision. The machine learns the incident by it, for those who label it.
    private mutating func observeDecision(_ id: GraphID, _ view: FleetView, at now: Timestamp) {
        guard let incidentID = incidents.open[id]?.id else { return }
        if !view.isObserving { machine.noteIncident(incidentID, of: id) }
        guard let decision = machine.decision(ofIncident: incidentID, id) else { return }
        let before = incidents.open[id]?.decision
        guard before != decision else { return }
        incidents.change(id) { $0.decision = decision }
        guard before?.judgement != decision.judgement || before?.label != decision.label else {
            return
        }
        incidents.note(id, .decision, at: now, "the decision of \(decision.at): \(decision)")
    }

    private mutating func observeVerdict(
        _ graph: GraphView,
        _ entry: Inventory.Entry,
        at now: Timestamp
    ) {
        let label = graph.verdict.label
        guard incidents.open[graph.id]?.diagnosis?.verdict != label else { return }
        let assessment = explained(entry, at: now)
        let isWell = graph.verdict == .healthy
        let isRecovery = isWell && incidents.open[graph.id]?.diagnosis != nil
        incidents.change(graph.id) { record in
            record.diagnosis = IncidentRecord.Diagnosis(assessment, label)
            if case .hung = graph.verdict, record.milestones.provedAt == nil {
                record.milestones.provedAt = now
            }
            if isRecovery, record.milestones.recoveredAt == nil {
                record.milestones.recoveredAt = now
            }
        }
        let signs = assessment.signs.map { sign in
            "\(sign.sign) \(sign.word.rawValue)" + (sign.answer.isEmpty ? "" : " (\(sign.answer))")
        }
        let text = "\(graph.verdict)" + (signs.isEmpty ? "" : ": " + signs.joined(separator: ", "))
        incidents.note(graph.id, isRecovery ? .recovery : .verdict, at: now, text)
    }

    private mutating func observeStatus(_ graph: GraphView, at now: Timestamp) {
        let before = incidents.seen[graph.id]?.statusCode
        guard before != graph.statusCode else { return }
        incidents.seen[graph.id, default: IncidentBook.Seen()].statusCode = graph.statusCode
        let text = before.map { "from \($0) to \(graph.statusCode)" } ?? graph.statusCode
        incidents.note(graph.id, .status, at: now, text)
    }

    private func explained(_ entry: Inventory.Entry, at now: Timestamp) -> Assessment {
        let policy = (policies[entry.graph.id]?.policy?.policy ?? settings.defaultPolicy).diagnosis
            .paced(by: settings.freshness)
        let assessment = diagnosis.assess(
            entry,
            in: inventory,
            claims,
            policy,
            freshness: settings.freshness,
            at: now
        )
        return diagnosis.explain(assessment, of: entry.graph.id, policy)
    }

    // MARK: What others say

    private mutating func take(_ note: IncidentNote) {
        switch note {
        case .answer(let id, let text, let at): incidents.note(id, .answer, at: at, text)
        case .tasks(let id, let tasks, let omitted, let at):
            incidents.noteTasks(id, tasks, omitted: omitted)
            incidents.note(id, .tasks, at: at, "\(tasks.count + omitted) before the restart")
        }
    }

    /// Before a restart is sent: a graph that hangs does not tell its tasks any more, so those that
    /// it told last are taken as killed.
    private mutating func takeLastWords(_ id: GraphID, at now: Timestamp) {
        guard let entry = inventory.entries[id.rawValue] else { return }
        if incidents.open[id]?.milestones.decidedAt == nil,
            let size = IncidentRecord.GraphSize(entry)
        {
            incidents.change(id) { $0.sizeBefore = size }
        }
        guard !(incidents.seen[id]?.hasTasks ?? false), let last = entry.lastTasks else { return }
        let intent = machine.record(of: id).phase.intent
        // A stopped graph has none, and a cancellation ends one.
        let killed = last.tasks.filter { task in
            switch intent?.action {
            case .start: false
            case .cancel: task.id == intent?.task?.id
            case .restart, .stop, nil: true
            }
        }
        let tasks = killed.prefix(IncidentRecord.maximumTasks).map {
            IncidentRecord.InterruptedTask($0, at: last.at)
        }
        incidents.noteTasks(id, tasks, omitted: killed.count - tasks.count)
        let text = "\(killed.count) when the graph last told, at \(last.at)"
        incidents.note(id, .tasks, at: now, text)
    }

    private mutating func take(_ line: AuditEntry) {
        guard let id = line.graphID else { return }
        if line.kind == .intended { takeLastWords(id, at: line.at) }
        if line.kind == .ended { incidents.seen[id]?.hasTasks = false }
        incidents.note(id, line)
        incidents.noteIntent(line.intentID, of: id)
        incidents.change(id) { record in
            switch line.kind {
            case .wouldRestart: record.isShadow = true
            case .intended:
                record.milestones.decidedAt = record.milestones.decidedAt ?? line.at
                record.outcome = nil
                record.sizeAfter = nil
                record.milestones.restartedAt = nil
                record.milestones.verifiedAt = nil
            case .outcome where line.reason == "accepted", .landed:
                record.milestones.acceptedAt = record.milestones.acceptedAt ?? line.at
            case .verifying:
                record.milestones.restartedAt = line.at
            case .ended:
                record.outcome = line.reason
                if line.reason == AttemptOutcome.verified.rawValue {
                    record.milestones.verifiedAt = line.at
                }
            case .recoveredAlone, .released: record.outcome = line.kind.rawValue
            default: break
            }
        }
    }

    // MARK: Closing

    private func isOver(
        _ id: GraphID,
        _ asking: [GraphID: RestartRequest],
        _ view: FleetView
    ) -> Bool {
        let phase = machine.record(of: id).phase
        return asking[id] == nil && !view.undecided.contains(id) && !phase.isFollowed
            && !phase.isInFlight
    }
}

extension AuditEntry.Kind {
    /// A restart that is being prepared or sent, whoever asked for it.
    fileprivate var opensIncident: Bool {
        switch self {
        case .approvalAsked, .announced, .evidence, .intended: true
        default: false
        }
    }
}

extension Word {
    fileprivate var speaksOfHang: Bool { self == .silent || self == .still }
}

extension IncidentRecord.InterruptedTask {
    fileprivate init(_ task: GraphReading.DataPlaneTask, at: Timestamp) {
        self.init(
            id: task.id,
            type: task.type,
            state: task.state.rawValue,
            progressRatio: task.progressRatio,
            startedAt: task.startedAt,
            request: task.request,
            notedAt: at
        )
        isRequestCut = task.isRequestCut
    }
}

extension IncidentRecord.GraphSize {
    fileprivate init?(_ entry: Inventory.Entry) {
        guard let (size, at) = entry.lastSize else { return nil }
        self.init(vertices: size.vertices, edges: size.edges, at: at)
    }
}

extension IncidentRecord.Diagnosis {
    fileprivate init(_ assessment: Assessment, _ label: String) {
        self.init(
            verdict: label,
            text: "\(assessment.verdict)",
            path: assessment.path.map { "\($0.path)" },
            signs: assessment.signs.map(IncidentRecord.Sign.init)
        )
    }
}
