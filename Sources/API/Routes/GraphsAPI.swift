import Diagnosis
import Cycle
import JSON
import Listener
import Remediation
import Rules
import Series
import Time

/// `/api/v1/graphs`: what the agent sees and why it does or does not act.
struct GraphsAPI: Sendable {
    let documents: StatusDocuments
    let now: @Sendable () -> Timestamp

    var routes: [Route] {
        [
            documents.route("/api/v1/graphs", .graphs),
            Route("GET", "/api/v1/graphs/{id}") { one($0) },
            Route("GET", "/api/v1/graphs/{id}/why") { why($0) },
        ]
    }

    static func list(_ status: Status) -> [UInt8] {
        let graphs = status.inventory.sorted.map { graph($0, in: status) }
        return APIResponse.document(["graphs": .array(graphs)])
    }

    private func one(_ request: ServerRequest) -> Reply {
        let status = documents.board.current
        guard let entry = entry(request, in: status) else { return notFound(request) }
        return APIResponse.success(Self.graph(entry, in: status))
    }

    private func why(_ request: ServerRequest) -> Reply {
        let status = documents.board.current
        guard let entry = entry(request, in: status) else { return notFound(request) }
        return APIResponse.success(Self.why(entry, in: status, at: now()))
    }

    /// Finds a graph by id or, if the name is unique, by name.
    private func entry(_ request: ServerRequest, in status: Status) -> Inventory.Entry? {
        guard let key = request.parameters["id"] else { return nil }
        if let entry = status.inventory.entries[key] { return entry }
        let named = status.inventory.entries.values.filter { $0.graph.name == key }
        return named.count == 1 ? named.first : nil
    }

    private func notFound(_ request: ServerRequest) -> Reply {
        APIResponse.failure(
            404,
            "not_found",
            "no graph with the id or name \"\(request.parameters["id"] ?? "")\""
        )
    }
}

extension GraphsAPI {
    /// The newest received alerts of a graph to show.
    private static let maximumReceived = 20

    static func graph(_ entry: Inventory.Entry, in status: Status) -> JSONValue {
        let id = GraphID(entry.graph.id)
        let decision = status.machine.decisions[id] ?? .idle
        let verdict = status.view.graphs[id]?.verdict
        return [
            "id": .string(entry.graph.id),
            "name": .string(entry.graph.name),
            "status": .string(entry.graph.status.code),
            "phase": .string(entry.graph.status.phase.rawValue),
            "statusSince": .string(entry.statusSince.rfc3339Milliseconds),
            "observedAt": .string(entry.observedAt.rfc3339Milliseconds),
            "verdict": .string(verdict?.label ?? "unknown"),
            "up": verdict?.isUp.map { .bool($0) } ?? .null,
            "probes": .array((entry.reading?.probes ?? []).map(probe)),
            "mode": .string(status.view.graphs[id]?.policy?.mode.rawValue ?? "unselected"),
            "decision": .string(decision.label),
            "state": .string(
                RemediationState.label(status.machine.record(of: id).phase, decision)
            ),
            "reasons": .array(decision.holdReasons.map { .string($0.label) }),
            "entry": status.view.graphs[id]?.entry.map { .string($0) } ?? .null,
            "pauses": pauses(id, in: status),
            "approval": approval(status.machine.record(of: id)),
        ]
    }

    private static func pauses(_ id: GraphID, in status: Status) -> JSONValue {
        let pauses = status.machine.pauses(of: id, in: status.view)
        return .array(pauses.map { PausesAPI.pause($0, in: status) })
    }

    /// The question that waits for a person; null if none does.
    private static func approval(_ record: GraphRecord) -> JSONValue {
        guard case .awaitingApproval(let since, let expiresAt) = record.phase else { return .null }
        return [
            "since": .string(since.rfc3339), "askedAgainAt": .string(expiresAt.rfc3339),
            "remedy": record.question.map { .string($0.remedy) } ?? .null,
        ]
    }

    static func probe(_ probe: GraphReading.Probe) -> JSONValue {
        [
            "probe": .string(probe.kind),
            "outcome": .string(probe.answer.label),
            "success": probe.answer.isTelling ? .bool(probe.answer == .alive) : .null,
            "durationSeconds": probe.duration.map { .double($0.inSeconds) } ?? .null,
            "reason": probe.reason.map { .string($0) } ?? .null,
            "text": .string(probe.text),
        ]
    }

    /// Why the agent does or does not act: state, every gate with its verdict, attempts, alerts.
    static func why(
        _ entry: Inventory.Entry,
        in status: Status,
        at: Timestamp
    ) -> JSONValue {
        let explanation = status.machine.explain(
            GraphID(entry.graph.id),
            in: status.view,
            at: at
        )
        let alerts = status.alerts.filter { $0.labels["graph_id"] == entry.graph.id }
        let received = status.received.newestFirst
            .filter { $0.graphID.rawValue == entry.graph.id }.prefix(Self.maximumReceived)
        return [
            "id": .string(entry.graph.id),
            "name": .string(entry.graph.name),
            "status": .string(entry.graph.status.code),
            "decision": .string(explanation.decision.label),
            "summary": .string("\(explanation.decision)"),
            "reasons": .array(
                explanation.decision.holdReasons.map { reason in
                    ["reason": .string(reason.label), "text": .string("\(reason)")]
                }
            ),
            "state": .string(explanation.phase.label),
            "pauses": pauses(GraphID(entry.graph.id), in: status),
            "approval": approval(status.machine.record(of: GraphID(entry.graph.id))),
            "diagnosis": status.assessment(of: entry.graph.id).map(diagnosis) ?? .null,
            "gates": .array(explanation.gates.map(gate)),
            "attempts": .array(explanation.attempts.map(attempt)),
            "decisions": .array(
                status.machine.record(of: GraphID(entry.graph.id)).decisions
                    .map(IncidentJSON.decision)
            ),
            "nextActionAt": explanation.nextActionAt.map { .string("\($0)") } ?? .null,
            "alerts": .array(
                alerts.map(AlertsAPI.alert)
                    + received.map { AlertsAPI.received($0, in: status) }
            ),
        ]
    }

    /// The verdict with each sign, the path and what would change it.
    private static func diagnosis(_ assessment: Assessment) -> JSONValue {
        [
            "verdict": .string(assessment.verdict.label),
            "text": .string("\(assessment.verdict)"),
            "wouldChange": .string(assessment.wouldChange),
            "path": assessment.path.map { path in
                [
                    "path": .string("\(path.path)"),
                    "proved": .bool(path.provedBy != nil),
                    "provedBy": path.provedBy.map { .string($0) } ?? .null,
                ]
            } ?? .null,
            "signs": .array(
                assessment.signs.map { sign in
                    [
                        "sign": .string(sign.sign),
                        "says": .string(sign.word.rawValue),
                        "answer": .string(sign.answer),
                        "at": .string("\(sign.at)"),
                        "since": .string("\(sign.since)"),
                    ]
                }
            ),
        ]
    }

    private static func gate(_ finding: GateFinding) -> JSONValue {
        [
            "gate": .string(finding.gate.rawValue),
            "open": .bool(finding.isOpen),
            "reason": finding.closedBy.map { .string($0.label) } ?? .null,
            "text": .string(finding.sentence),
        ]
    }

    private static func attempt(_ attempt: Attempt) -> JSONValue {
        [
            "action": .string(attempt.action.rawValue),
            "attempt": .integer(Int64(attempt.number)),
            "at": .string("\(attempt.createdAt)"),
            "outcome": attempt.ending.map { .string($0.outcome.rawValue) } ?? .null,
            "endedAt": attempt.ending.map { .string("\($0.at)") } ?? .null,
        ]
    }
}
