import Remediation
import Time

/// What happened within the last day, in one line.
enum LastDay {
    static func section(_ incidents: [IncidentRecord]?, _ context: PageContext) -> Markup {
        let text: Markup =
            incidents.map { summary($0) } ?? "The incidents cannot be read; see the log."
        return """
            <section aria-labelledby="day"><h2 id="day">Last 24 hours</h2>
            <p>\(text) <a href="\(context.link(.incidents(query: "")))">All incidents</a></p>
            </section>
            """
    }

    private static func summary(_ incidents: [IncidentRecord]) -> Markup {
        guard !incidents.isEmpty else { return "No incidents." }
        let ended = incidents.filter { $0.endedAt != nil }
        let restarted = incidents.filter { !$0.isShadow && $0.milestones.decidedAt != nil }
        let repairs = ended.compactMap(\.timeToRepair).sorted()
        let alone = ended.count { $0.outcome == AuditEntry.Kind.recoveredAlone.rawValue }
        let shadow = incidents.count { $0.isShadow && $0.milestones.decidedAt == nil }
        var parts: [Markup] = [
            "<b>\(incidents.count)</b> \(incidents.count == 1 ? "incident" : "incidents")"
        ]
        if !restarted.isEmpty {
            let median: Markup =
                repairs.isEmpty
                ? .empty : " (median time to repair \(TimeText.span(repairs[repairs.count / 2])))"
            parts.append(
                "<b>\(restarted.count)</b> restarted, <b>\(repairs.count)</b> verified\(median)"
            )
        }
        if alone > 0 { parts.append("<b>\(alone)</b> recovered alone") }
        if shadow > 0 { parts.append("<b>\(shadow)</b> would have been restarted (shadow)") }
        return parts.joined(by: " · ")
    }
}
