import Cycle
import GoText
import Remediation

/// Every incident under way, with the steps that it has taken.
enum Happening {
    /// Bounds the page.
    private static let maximumItems = 50

    static func section(_ open: [IncidentRecord], _ context: PageContext) -> Markup {
        guard !open.isEmpty else { return .empty }
        let items = open.prefix(maximumItems).map { item($0, context) }.joined()
        let rest = open.count - maximumItems
        let more: Markup =
            rest > 0
            ? "<p><a href=\"\(context.link(.incidents(query: "")))\">\(rest) more</a></p>" : .empty
        return """
            <section aria-labelledby="happening"><h2 id="happening">Happening</h2>
            <ul class="incidents">\(items)</ul>\(more)</section>
            """
    }

    private static func item(_ incident: IncidentRecord, _ context: PageContext) -> Markup {
        let id = incident.graphID.rawValue
        let verdict = context.status.verdictLabel(of: id)
        let decision = context.status.machine.decisions[incident.graphID] ?? .idle
        return """
            <li><p>\(VerdictMark.icon(verdict))<a href="\(context.link(.graph(id)))"><strong>\
            \(id: incident.graphName)</strong></a> \
            <span class="state">\(context.readable("\(decision)").cut(atMost: 200))</span> \
            <a class="aside" href="\(context.link(.incident(incident.id)))">incident</a></p>
            \(Stepper.list(incident, context))</li>
            """
    }
}
