import Cycle
import Diagnosis
package import Remediation
import Time

/// The incidents, the newest first.
package enum IncidentsPage {
    /// A part of the list.
    package struct Part: Sendable {
        var records: [IncidentRecord]
        /// The id after which the next part begins; nil at the end.
        var next: String?

        package init(records: [IncidentRecord], next: String?) {
            self.records = records
            self.next = next
        }
    }

    /// - Parameter part: nil if the incidents cannot be read.
    package static func render(
        _ context: PageContext,
        filter: IncidentListFilter,
        _ part: Part?
    ) -> Markup {
        Layout.document(
            context,
            title: "Incidents",
            current: .incidents(query: ""),
            // Only the first part changes by itself, and a filter may read for seconds.
            refresh: filter.isFiltering || !filter.after.isEmpty ? .never : .script,
            """
            <h1>Incidents</h1>
            \(form(context, filter))
            \(FilterForm.problems(filter.problems))
            \(part.map { list($0, context, filter) } ?? unreadable)
            """
        )
    }

    static let unreadable: Markup =
        "<p class=\"answer refused\">The incidents cannot be read now; see the log.</p>"

    private static func form(_ context: PageContext, _ filter: IncidentListFilter) -> Markup {
        FilterForm.render(
            context.link(.incidents(query: "")),
            [
                FilterForm.text("graph_id", "Graph id", filter.graphID),
                FilterForm.select(
                    "outcome",
                    "Outcome",
                    IncidentRecord.outcomes,
                    filter.outcome,
                    text: \.spacedCamelCase
                ),
                FilterForm.moment("since", "Since", filter.since),
                FilterForm.moment("until", "Until", filter.until),
                FilterForm.select("shadow", "Shadow mode", ["only", "no"], filter.shadow),
            ]
        )
    }

    private static func list(
        _ part: Part,
        _ context: PageContext,
        _ filter: IncidentListFilter
    ) -> Markup {
        let all = context.link(.incidents(query: ""))
        guard !part.records.isEmpty else {
            return filter.isFiltering || !filter.after.isEmpty
                ? "<p>No incident matches. <a href=\"\(all)\">Show all</a></p>"
                : "<p class=\"calm\">No incidents on record.</p>"
        }
        let columns: [Markup] = [
            "Opened", "Graph", "Class", "Outcome", "Time to repair", "Parts", "Alert",
        ]
        let table = DataTable.scrolling("Incidents", columns, part.records.map { row($0, context) })
        let next = part.next.map { context.link(.incidents(query: filter.after($0).query)) }
        let first = filter.after.isEmpty ? nil : filter.after("").query
        return table
            + Pager.render(first: first.map { context.link(.incidents(query: $0)) }, next: next)
    }

    private static func row(_ record: IncidentRecord, _ context: PageContext) -> Markup {
        let repair =
            record.timeToRepair.map { TimeText.span($0) }
            ?? record.endedAt.map { "not repaired; lasted \(TimeText.span($0 - record.openedAt))" }
            ?? "open for \(TimeText.span(context.now - record.openedAt))"
        let parts = record.parts.map { "\($0.name) \(TimeText.span($0.duration))" }
        return """
            <tr><th scope="row"><a href="\(context.link(.incident(record.id)))">\
            \(TimeText.clock(record.openedAt, context))</a></th>
            <td data-label="Graph"><a href="\(context.link(.graph(record.graphID.rawValue)))">\
            \(id: record.graphName)</a></td>
            <td data-label="Class">\(record.hangClass.rawValue)</td>
            <td data-label="Outcome">\(outcome(record))</td>
            <td data-label="Time to repair">\(repair)</td>
            <td data-label="Parts" class="aside">\(parts.joined(separator: ", "))</td>
            <td data-label="Alert">\(id: record.alertname)</td></tr>

            """
    }

    /// How it ended, and whether only the mode kept the graph from being restarted.
    static func outcome(_ record: IncidentRecord) -> Markup {
        let word: Markup =
            record.outcome.map { "<strong>\($0.spacedCamelCase)</strong>" }
            ?? (record.endedAt == nil ? "<strong class=\"notice\">open</strong>" : "–")
        return record.isShadow ? "\(word) <span class=\"aside\">shadow</span>" : word
    }
}
