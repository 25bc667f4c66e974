import GoText
import JSON

/// Formats the response of `/api/v1/graphs/ID/why` as text. Missing members become empty text, so
/// that the command also works with an agent of another version.
enum WhyReport {
    static func text(_ data: JSONValue) -> String {
        var lines = [
            "\(identifier(data, "name")) (\(identifier(data, "id"))), status \(text(data, "status"))",
            "Decision: \(text(data, "summary"))",
            "State:    \(text(data, "state"))",
        ]
        if let next = data["nextActionAt"]?.stringValue {
            lines.append("Next:     not before \(next)")
        }
        lines += diagnosis(data["diagnosis"] ?? .null)
        lines += section("Alerts", data["alerts"], alert)
        lines += section("Gates", data["gates"]) { gate in
            let mark = gate["open"]?.boolValue == true ? "open  " : "CLOSED"
            return "\(mark)  \(padded(text(gate, "gate"), to: 18))  \(text(gate, "text"))"
        }
        lines += section("Attempts", data["attempts"]) { attempt in
            let action = attempt["action"]?.stringValue ?? "restart"
            return "#\(attempt["attempt"]?.integerValue ?? 0) at \(text(attempt, "at")):"
                + (action == "restart" ? "" : " \(action),")
                + " \(attempt["outcome"]?.stringValue ?? "in progress")"
        }
        lines += section("Decisions", data["decisions"]) { decision in
            let incident = text(decision, "incident")
            return "\(text(decision, "at")) \(text(decision, "course")): \(text(decision, "text"))"
                + (incident.isEmpty ? "" : ", incident \(incident)")
        }
        return lines.joined(separator: "\n")
    }

    private static func diagnosis(_ diagnosis: JSONValue) -> [String] {
        guard diagnosis["verdict"] != nil else { return [] }
        var lines = ["", "Diagnosis: \(text(diagnosis, "text"))"]
        if let path = diagnosis["path"], path["path"] != nil {
            let proof = path["provedBy"]?.stringValue.map { "proved by \($0)" } ?? "not proved"
            lines.append("  path \(text(path, "path")), \(proof)")
        }
        for sign in diagnosis["signs"]?.arrayValue ?? [] {
            let answer = text(sign, "answer")
            let last = text(sign, "at")
            lines.append(
                "  \(padded(text(sign, "sign"), to: 9))  \(padded(text(sign, "says"), to: 11))"
                    + "  since \(text(sign, "since"))" + (last.isEmpty ? "" : ", last \(last)")
                    + (answer.isEmpty ? "" : " (\(answer))")
            )
        }
        lines.append("  would change it: \(text(diagnosis, "wouldChange"))")
        return lines
    }

    private static func alert(_ alert: JSONValue) -> String {
        let source = text(alert, "source")
        let note = text(alert, "note")
        return "\(identifier(alert["labels"] ?? .null, "alertname")) \(text(alert, "state"))"
            + " since \(text(alert, "activeAt"))" + (source.isEmpty ? "" : ", by \(source)")
            + (note.isEmpty ? "" : " (\(note))")
    }

    /// A section without items is omitted, title included.
    private static func section(
        _ title: String,
        _ items: JSONValue?,
        _ line: (JSONValue) -> String
    ) -> [String] {
        guard let items = items?.arrayValue, !items.isEmpty else { return [] }
        return ["", "\(title):"] + items.map { "  " + line($0) }
    }

    private static func text(_ object: JSONValue, _ name: String) -> String {
        object[name]?.stringValue ?? ""
    }

    /// Cut if it is long.
    private static func identifier(_ object: JSONValue, _ name: String) -> String {
        text(object, name).displayed(atMost: String.displayedIdentifierMaximum)
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
