import Cycle
import Diagnosis
import Remediation

/// The fleet as a list that can be filtered and sorted.
package enum FleetPage {
    /// - Parameter signs: nil while a step writes to the series.
    package static func render(
        _ context: PageContext,
        filter: FleetFilter,
        signs: SignReader?
    ) -> Markup {
        let rows = filter.rows(context.status)
        let pages = max(1, (rows.count + FleetFilter.rowsPerPage - 1) / FleetFilter.rowsPerPage)
        let page = min(filter.page, pages)
        let shown = rows.dropFirst((page - 1) * FleetFilter.rowsPerPage)
            .prefix(FleetFilter.rowsPerPage)
        return Layout.document(
            context,
            title: "Graphs",
            current: .graphs(query: ""),
            refresh: .script,
            """
            <h1>Graphs</h1>
            \(form(context, filter))
            <p class="aside" id="count">\(summary(rows.count, context, filter))</p>
            \(rows.isEmpty ? Markup.empty : table(shown, context, filter, signs))
            \(Pager.numbered(page, of: pages) { number in
                context.link(.graphs(query: filter.with { $0.page = number }.query))
            })
            """
        )
    }

    private static func summary(
        _ count: Int,
        _ context: PageContext,
        _ filter: FleetFilter
    ) -> Markup {
        let total = context.status.inventory.entries.count
        guard filter.isFiltering else { return "\(total.counted("graph"))" }
        let all = context.link(.graphs(query: ""))
        return "\(count) of \(total.counted("graph")). <a href=\"\(all)\">Show all</a>"
    }

    // MARK: Filter

    private static func form(_ context: PageContext, _ filter: FleetFilter) -> Markup {
        let entries = (context.status.settings?.graphs.indices).map { indices in
            indices.compactMap { context.status.settings?.entryName(at: $0) } + ["no entry"]
        }
        let modes = Mode.allCases.map(\.rawValue) + ["unselected"]
        return FilterForm.render(
            context.link(.graphs(query: "")),
            [
                FilterForm.text("q", "Name or id", filter.text),
                FilterForm.select("verdict", "Verdict", VerdictCounts.order, filter.verdict),
                FilterForm.select("mode", "Mode", modes, filter.mode),
                FilterForm.select("state", "State", RemediationState.labels, filter.state),
                FilterForm.select("entry", "Entry", entries ?? [], filter.entry),
            ]
        )
    }

    // MARK: Table

    private static func table(
        _ rows: ArraySlice<FleetRow>,
        _ context: PageContext,
        _ filter: FleetFilter,
        _ signs: SignReader?
    ) -> Markup {
        let heads: [(FleetFilter.Key?, Markup)] = [
            (.verdict, "Verdict"), (.name, "Graph"), (.since, "Since"), (nil, "Last hour"),
            (.status, "Status"), (.mode, "Mode"), (.state, "Remediation"),
            (.restart, "Last restart"),
        ]
        let head = heads.map { header($0.0, $0.1, context, filter) }.joined()
        return """
            <div class="scroll"><table class="fleet"><caption class="hidden">Graphs</caption>
            <thead><tr>\(head)</tr></thead><tbody>
            \(rows.map { row($0, context, signs) }.joined())
            </tbody></table></div>
            """
    }

    private static func header(
        _ key: FleetFilter.Key?,
        _ title: Markup,
        _ context: PageContext,
        _ filter: FleetFilter
    ) -> Markup {
        guard let key else { return "<th scope=\"col\">\(title)</th>" }
        let isSorted = filter.sort == key
        let query = filter.with {
            $0.isReversed = isSorted && !filter.isReversed
            $0.sort = key
            $0.page = 1
        }.query
        let order: Markup =
            !isSorted
            ? .empty
            : filter.isReversed ? " aria-sort=\"descending\"" : " aria-sort=\"ascending\""
        return """
            <th scope="col"\(order)><a href="\(context.link(.graphs(query: query)))">\(title)</a></th>
            """
    }

    private static func row(
        _ row: FleetRow,
        _ context: PageContext,
        _ signs: SignReader?
    ) -> Markup {
        let strip = signs.map { SignStrip.svg($0.engine(of: row.id), label: "engine") } ?? .empty
        let reason: Markup =
            row.reasons.first.map { reason in
                let text = context.readable(reason)
                return "<span class=\"reason\" title=\"\(text)\">\(text)</span>"
            } ?? .empty
        return """
            <tr id="g-\(row.id)"><td data-label="Verdict">\(VerdictMark.chip(row.verdict))</td>
            <th scope="row"><a href="\(context.link(.graph(row.id)))">\(id: row.name)</a></th>
            <td data-label="Since">\(TimeText.ago(row.since, context))</td>
            <td data-label="Last hour">\(strip)</td>
            <td data-label="Status">\(id: row.status)</td>
            <td data-label="Mode">\(row.mode)</td>
            <td data-label="Remediation">\(state(row.state)) \(reason)</td>
            <td data-label="Last restart">\(TimeText.optional(row.restartedAt, context))</td></tr>

            """
    }

    private static func state(_ state: String) -> Markup {
        state == "idle"
            ? "<span class=\"none\">idle</span>"
            : "<span class=\"state\">\(state.spacedWords)</span>"
    }
}

extension String {
    /// `awaiting_approval` as people write it.
    var spacedWords: String { String(map { $0 == "_" ? " " : $0 }) }
}
