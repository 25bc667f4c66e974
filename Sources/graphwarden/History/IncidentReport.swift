import GoText
import JSON
import Tables

/// Formats `/api/v1/incidents` and one incident as text. Missing members become empty text, so that
/// the commands also work with an agent of another version.
enum IncidentReport {
    private static let columns: [Table.Column] = [
        .init("INCIDENT"), .init("GRAPH"), .init("OPENED"), .init("HANG"), .init("OUTCOME"),
        .init("DECISION"), .init("REPAIRED IN"),
    ]

    static func list(_ incidents: [JSONValue], width: Int?, isColored: Bool) -> [String] {
        let rows = incidents.map { incident in
            [
                Cell(incident.text("id")), Cell(identifier(incident, "graphName")),
                Cell(incident.text("openedAt")), Cell(incident.text("hang")),
                Cell(
                    outcome(incident),
                    incident["endedAt"]?.stringValue == nil ? .warning : .plain
                ),
                Cell(decision(incident)),
                Cell(incident["timeToRepairSeconds"]?.doubleValue.map(seconds) ?? "-"),
            ]
        }
        return Table(columns, rows: rows).lines(width: width, isColored: isColored)
    }

    static func text(_ incident: JSONValue) -> String {
        let name = identifier(incident, "graphName")
        var lines = [
            "Incident \(text(incident, "id"))",
            "Graph:    \(name) (\(identifier(incident, "graphId")))",
            "Alert:    \(text(incident, "alertname")), hang \(text(incident, "hang"))",
            "Opened:   \(text(incident, "openedAt"))",
            "Ended:    \(incident["endedAt"]?.stringValue ?? "it is open")",
            "Outcome:  \(outcome(incident))",
        ]
        if let decision = incident["decision"], decision.objectValue != nil {
            lines.append("Decision: \(text(decision, "at")), \(text(decision, "text"))")
        }
        if let job = incident["job"]?.stringValue { lines.append("Job:      \(job)") }
        if let parts = parts(incident) { lines.append("Repair:   \(parts)") }
        let (before, after) = (size(incident, "sizeBefore"), size(incident, "sizeAfter"))
        if before != nil || after != nil {
            lines.append("Size:     \(before ?? "unknown") before, \(after ?? "unknown") after")
        }
        lines += diagnosis(incident["diagnosis"] ?? .null)
        lines += section("Gates", incident["gates"]) { gate in
            let mark = gate["open"]?.boolValue == true ? "open  " : "CLOSED"
            return "\(mark)  \(padded(text(gate, "gate"), to: 18))  \(text(gate, "text"))"
        }
        lines += section("Time line", incident["events"]) { event in
            "\(text(event, "at"))  \(padded(text(event, "kind"), to: 16))  \(text(event, "text"))"
        }
        if let omitted = incident["omittedEvents"]?.integerValue, omitted > 0 {
            lines.append("  and \(omitted) more that were not kept")
        }
        lines += tasks(incident)
        return lines.joined(separator: "\n")
    }

    /// The requests are printed whole: they are there to be submitted again.
    private static func tasks(_ incident: JSONValue) -> [String] {
        var lines = section("Tasks before the restart", incident["tasks"]) { task in
            let progress = task["progressRatio"]?.doubleValue.map { " \(Int($0 * 100)) %" } ?? ""
            let begin = task["startedAt"]?.stringValue.map { " since \($0)" } ?? ""
            let head = "\(text(task, "id"))  \(text(task, "type")) \(text(task, "state"))"
            let request = text(task, "request")
            let cut =
                task["requestCut"]?.boolValue == true
                ? "\n    (the request is too long to keep)" : ""
            return head + progress + begin + (request.isEmpty ? "" : "\n    \(request)") + cut
        }
        if let omitted = incident["omittedTasks"]?.integerValue, omitted > 0 {
            lines.append("  and \(omitted) more that were not kept")
        }
        return lines
    }

    private static func diagnosis(_ diagnosis: JSONValue) -> [String] {
        guard diagnosis["verdict"] != nil else { return [] }
        let path = diagnosis["path"]?.stringValue.map { ", path \($0)" } ?? ""
        var lines = ["", "Last verdict: \(text(diagnosis, "text"))\(path)"]
        for sign in diagnosis["signs"]?.arrayValue ?? [] {
            let answer = text(sign, "answer")
            lines.append(
                "  \(padded(text(sign, "sign"), to: 9))  \(padded(text(sign, "says"), to: 11))"
                    + "  since \(text(sign, "since"))" + (answer.isEmpty ? "" : " (\(answer))")
            )
        }
        return lines
    }

    private static func parts(_ incident: JSONValue) -> String? {
        guard let parts = incident["parts"]?.objectValue, !parts.isEmpty else { return nil }
        let each = parts.map { "\($0.name) \(seconds($0.value.doubleValue ?? 0))" }
        let sum = incident["timeToRepairSeconds"]?.doubleValue.map { seconds($0) + " = " } ?? ""
        return sum + each.joined(separator: " + ")
    }

    private static func size(_ incident: JSONValue, _ name: String) -> String? {
        guard let size = incident[name], size.objectValue != nil else { return nil }
        let count = { (member: String) in size[member]?.integerValue.map { "\($0)" } ?? "?" }
        return "\(count("vertices")) vertices and \(count("edges")) edges"
    }

    private static func outcome(_ incident: JSONValue) -> String {
        let outcome = incident["outcome"]?.stringValue ?? "open"
        return incident["shadow"]?.boolValue == true ? "\(outcome) (shadow)" : outcome
    }

    /// Whether the decision was right, and by whose word.
    private static func decision(_ incident: JSONValue) -> String {
        guard let decision = incident["decision"], decision.objectValue != nil else { return "-" }
        let outcome = decision["outcome"]?.stringValue ?? "pending"
        return decision["label"]?.objectValue == nil ? outcome : "\(outcome) (label)"
    }

    /// Whole seconds.
    private static func seconds(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e9 else { return "?" }
        let whole = Int(value.rounded())
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        if hours > 0 { return "\(hours)h\(minutes)m" }
        return minutes > 0 ? "\(minutes)m\(rest)s" : "\(rest)s"
    }

    // MARK: Layout

    /// A section without items is omitted, title included.
    private static func section(
        _ title: String,
        _ items: JSONValue?,
        _ line: (JSONValue) -> String
    ) -> [String] {
        guard let items = items?.arrayValue, !items.isEmpty else { return [] }
        return ["", "\(title):"] + items.map { "  " + line($0) }
    }

    /// On one line: what the cloud answers must not look like lines of the report.
    private static func text(_ object: JSONValue, _ name: String) -> String {
        object.text(name).escapingUnsafe(except: [])
    }

    /// Cut if it is long.
    private static func identifier(_ object: JSONValue, _ name: String) -> String {
        text(object, name).displayed(atMost: String.displayedIdentifierMaximum)
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
