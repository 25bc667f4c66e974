import Diagnosis
import JSON
import Remediation
import Time

/// Incidents as JSON.
enum IncidentJSON {
    static func summary(_ record: IncidentRecord) -> JSONValue {
        .object(members(of: record))
    }

    /// With everything that was noted.
    static func whole(_ incident: IncidentTimeLine) -> JSONValue {
        let record = incident.record
        var members = members(of: record)
        members += [
            JSONMember("intents", .array(record.intentIDs.map { .string($0) })),
            JSONMember("job", text(record.jobID)),
            JSONMember("diagnosis", record.diagnosis.map(diagnosis) ?? .null),
            JSONMember("gates", .array(record.gates.map(gate))),
            JSONMember("sizeBefore", size(record.sizeBefore)),
            JSONMember("sizeAfter", size(record.sizeAfter)),
            JSONMember("tasks", .array(incident.tasks.map(task))),
            JSONMember("omittedTasks", .integer(Int64(record.omittedTasks))),
            JSONMember("events", .array(incident.events.map(event))),
            JSONMember("omittedEvents", .integer(Int64(record.omittedEvents))),
        ]
        return .object(members)
    }

    private static func members(of record: IncidentRecord) -> [JSONMember] {
        let moments = record.milestones
        return [
            JSONMember("id", .string(record.id)),
            JSONMember("graphId", .string(record.graphID.rawValue)),
            JSONMember("graphName", .string(record.graphName)),
            JSONMember("hang", .string(record.hangClass.rawValue)),
            JSONMember("alertname", .string(record.alertname)),
            JSONMember("shadow", .bool(record.isShadow)),
            JSONMember("openedAt", time(record.openedAt)),
            JSONMember("endedAt", time(record.endedAt)),
            JSONMember("outcome", text(record.outcome)),
            JSONMember("decision", record.decision.map(decision) ?? .null),
            JSONMember(
                "milestones",
                [
                    "firstSignAt": time(moments.firstSignAt),
                    "alertActiveAt": time(moments.alertActiveAt),
                    "alertFiredAt": time(moments.alertFiredAt),
                    "provedAt": time(moments.provedAt), "decidedAt": time(moments.decidedAt),
                    "acceptedAt": time(moments.acceptedAt),
                    "restartedAt": time(moments.restartedAt),
                    "recoveredAt": time(moments.recoveredAt),
                    "verifiedAt": time(moments.verifiedAt),
                ]
            ),
            JSONMember(
                "timeToRepairSeconds",
                record.timeToRepair.map { .double($0.inSeconds) } ?? .null
            ),
            JSONMember(
                "parts",
                .object(record.parts.map { JSONMember($0.name, .double($0.duration.inSeconds)) })
            ),
        ]
    }

    static func decision(_ decision: DecisionRecord) -> JSONValue {
        [
            "at": time(decision.at), "course": .string(decision.course.rawValue),
            "hang": .string(decision.hangClass.rawValue), "entry": .string(decision.entry),
            "outcome": decision.outcome.map { .string($0.rawValue) } ?? .null,
            "reason": decision.judgement.map { .string($0.reason.rawValue) } ?? .null,
            "judgedAt": time(decision.judgement?.at),
            "label": decision.label.map { label in
                [
                    "label": .string(label.word), "by": .string(label.by),
                    "reason": .string(label.reason), "at": time(label.at),
                ]
            } ?? .null,
            "incident": text(decision.incidentIDs.last),
            "text": .string("\(decision)"),
        ]
    }

    private static func diagnosis(_ diagnosis: IncidentRecord.Diagnosis) -> JSONValue {
        [
            "verdict": .string(diagnosis.verdict),
            "text": .string(diagnosis.text),
            "path": text(diagnosis.path),
            "signs": .array(
                diagnosis.signs.map { sign in
                    [
                        "sign": .string(sign.sign), "says": .string(sign.says),
                        "answer": .string(sign.answer), "at": time(sign.at),
                        "since": time(sign.since),
                    ]
                }
            ),
        ]
    }

    private static func gate(_ gate: IncidentRecord.GateState) -> JSONValue {
        ["gate": .string(gate.gate), "open": .bool(gate.isOpen), "text": .string(gate.text)]
    }

    private static func task(_ task: IncidentRecord.InterruptedTask) -> JSONValue {
        [
            "id": .string(task.id), "type": text(task.type), "state": .string(task.state),
            "progressRatio": task.progressRatio.map { .double($0) } ?? .null,
            "startedAt": time(task.startedAt), "notedAt": time(task.notedAt),
            "request": text(task.request), "requestCut": .bool(task.isRequestCut),
        ]
    }

    private static func size(_ size: IncidentRecord.GraphSize?) -> JSONValue {
        guard let size else { return .null }
        return [
            "vertices": size.vertices.map { .integer($0) } ?? .null,
            "edges": size.edges.map { .integer($0) } ?? .null, "at": time(size.at),
        ]
    }

    private static func event(_ event: IncidentEvent) -> JSONValue {
        ["at": time(event.at), "kind": .string(event.kind), "text": .string(event.text)]
    }

    private static func time(_ instant: Timestamp?) -> JSONValue {
        instant.map { .string($0.rfc3339Milliseconds) } ?? .null
    }

    private static func text(_ text: String?) -> JSONValue {
        text.map { .string($0) } ?? .null
    }
}
