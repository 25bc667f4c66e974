import Cycle
package import Remediation
import Time

/// The audit trail, the newest line first.
package enum HistoryPage {
    /// - Parameter page: nil if the audit trail cannot be read.
    package static func render(
        _ context: PageContext,
        filter: AuditFilter,
        _ page: AuditPage?
    ) -> Markup {
        Layout.document(
            context,
            title: "History",
            current: .history,
            refresh: filter.isFiltering || !filter.after.isEmpty ? .never : .script,
            """
            <h1>History</h1>
            \(form(context, filter))
            \(FilterForm.problems(filter.problems))
            \(page.map { list($0, context, filter) } ?? unreadable)
            \(chain(context))
            """
        )
    }

    private static let unreadable: Markup =
        "<p class=\"answer refused\">The audit trail cannot be read now; see the log.</p>"

    private static func form(_ context: PageContext, _ filter: AuditFilter) -> Markup {
        FilterForm.render(
            context.link(.history),
            [
                FilterForm.text("graph_id", "Graph id", filter.graphID),
                FilterForm.select(
                    "kind",
                    "Kind",
                    AuditEntry.Kind.allCases.map(\.rawValue),
                    filter.kind,
                    text: \.spacedCamelCase
                ),
                FilterForm.select(
                    "outcome",
                    "Outcome",
                    AuditQuery.outcomes.reduce(into: []) { words, word in
                        if !words.contains(word) { words.append(word) }
                    },
                    filter.outcome,
                    text: \.spacedCamelCase.spacedWords
                ),
                FilterForm.moment("since", "Since", filter.since),
                FilterForm.moment("until", "Until", filter.until),
            ]
        )
    }

    private static func list(
        _ page: AuditPage,
        _ context: PageContext,
        _ filter: AuditFilter
    ) -> Markup {
        let next = page.next.map { next in
            context.link(.history, query: filter.after("\(next)").query)
        }
        let first = filter.after.isEmpty ? nil : filter.after("").query
        let pager = Pager.render(
            first: first.map { context.link(.history, query: $0) },
            next: next
        )
        guard !page.lines.isEmpty else {
            // A search may have ended before it found a line.
            guard next == nil else { return "<p>No line found so far.</p>\(pager)" }
            return filter.isFiltering
                ? "<p>No line matches. <a href=\"\(context.link(.history))\">Show all</a></p>"
                : "<p class=\"calm\">The audit trail is empty.</p>"
        }
        let columns: [Markup] = ["Time", "Graph", "Kind", "Detail", "Number"]
        return DataTable.scrolling("Audit trail", columns, page.lines.map { row($0, context) })
            + pager
    }

    private static func row(_ record: AuditRecord, _ context: PageContext) -> Markup {
        let entry = record.entry
        let graph: Markup = entry.graphID.map { AlertParts.graph($0.rawValue, context) } ?? "fleet"
        let reason: Markup =
            entry.reason.isEmpty
            ? .empty
            : "<span class=\"aside\">\(entry.reason.spacedCamelCase.spacedWords)</span>"
        let intent: Markup =
            entry.intentID.map { " <span class=\"aside\">intent \($0)</span>" } ?? .empty
        return """
            <tr><th scope="row">\(TimeText.clock(entry.at, context))</th>
            <td data-label="Graph">\(graph)</td>
            <td data-label="Kind">\(kind(entry)) \(reason)</td>
            <td data-label="Detail" class="wide">\(context.readable(entry.detail))\(intent)</td>
            <td data-label="Number"><span title="Hash \(record.hash)">\(record.sequence)</span></td></tr>

            """
    }

    private static func kind(_ entry: AuditEntry) -> Markup {
        let word = entry.kind.rawValue.spacedCamelCase
        return switch entry.severity {
        case .critical: "<strong class=\"alarm\">\(word)</strong>"
        case .warning: "<strong class=\"notice\">\(word)</strong>"
        case .info: "<strong>\(word)</strong>"
        }
    }

    private static func chain(_ context: PageContext) -> Markup {
        """
        <p class="aside">Each line contains the hash of the previous line. This page does not check \
        them: <a href="\(context.link(.file("api/v1/history/verify")))">verify the audit trail</a> \
        reads every line and can take a minute.</p>
        """
    }
}
