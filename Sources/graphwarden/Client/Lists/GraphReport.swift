import JSON
import Tables
import Time

/// One graph as text.
enum GraphReport {
    static func text(_ graph: JSONValue, at now: Timestamp) -> String {
        var lines = [
            "Name:      \(graph.text("name"))",
            "ID:        \(graph.text("id"))",
            "Status:    \(graph.text("status")) (\(graph.text("phase"))),"
                + " for \(graph.age("statusSince", at: now).text)",
            "Seen:      \(graph.age("observedAt", at: now).text) ago",
            "Verdict:   \(graph.text("verdict"))",
            "Mode:      \(graph.text("mode"))" + entry(graph),
            "State:     \(graph.text("state"))",
        ]
        let reasons = (graph["reasons"]?.arrayValue ?? []).compactMap(\.stringValue)
        if !reasons.isEmpty { lines.append("Held by:   \(reasons.joined(separator: ", "))") }
        if let approval = graph["approval"], !approval.isNull {
            lines.append("Approval:  asked for at \(approval.text("since"))")
        }
        for pause in graph["pauses"]?.arrayValue ?? [] {
            lines.append(
                "Paused:    until \(pause.text("until")) by \(pause.text("by")):"
                    + " \(pause.text("reason"))"
            )
        }
        return (lines + probes(graph)).joined(separator: "\n")
    }

    private static func entry(_ graph: JSONValue) -> String {
        graph["entry"]?.stringValue.map { ", by entry \"\($0)\"" } ?? ", no entry selects it"
    }

    private static func probes(_ graph: JSONValue) -> [String] {
        let probes = graph["probes"]?.arrayValue ?? []
        guard !probes.isEmpty else { return ["Probes:    none in the last cycle"] }
        let table = Table(
            [.init("PROBE"), .init("OUTCOME"), .init("TOOK"), .init("TEXT", isFreeText: true)],
            rows: probes.map { probe in
                [
                    Cell(probe.text("probe")), Cell(probe.text("outcome")),
                    Cell(probe["durationSeconds"]?.doubleValue.map(milliseconds) ?? ""),
                    Cell(probe.text("text")),
                ]
            }
        )
        return [""] + table.lines(width: Terminal.width)
    }

    private static func milliseconds(_ seconds: Double) -> String {
        "\((seconds * 1000).rounded().isFinite ? Int64((seconds * 1000).rounded()) : 0)ms"
    }
}
