import Cycle
import Diagnosis
import GoText
import Remediation
import Rules
import Series
import Time

/// The alerts of the rules, and those that other systems sent.
package enum AlertsPage {
    /// Bounds the page. The ledger has all of them.
    private static let maximumReceived = 200

    package static func render(_ context: PageContext, filter: AlertFilter) -> Markup {
        Layout.document(
            context,
            title: "Alerts",
            current: .alerts,
            refresh: .script,
            """
            <h1>Alerts</h1>
            \(form(context, filter))
            \(own(context, filter))
            \(received(context, filter))
            """
        )
    }

    private static func form(_ context: PageContext, _ filter: AlertFilter) -> Markup {
        FilterForm.render(
            context.link(.alerts),
            [
                FilterForm.text("name", "Name", filter.name),
                FilterForm.select(
                    "state",
                    "State",
                    ["firing", "pending", "inactive"],
                    filter.state
                ),
                FilterForm.text("graph_id", "Graph id", filter.graphID),
            ]
        )
    }

    // MARK: Rules

    private static func own(_ context: PageContext, _ filter: AlertFilter) -> Markup {
        let all = context.status.alerts
        let alerts = all.filter(filter.shows).sorted(by: precedes)
        let pages = max(1, (alerts.count + AlertFilter.rowsPerPage - 1) / AlertFilter.rowsPerPage)
        let page = min(filter.page, pages)
        let shown = alerts.dropFirst((page - 1) * AlertFilter.rowsPerPage)
            .prefix(AlertFilter.rowsPerPage)
        let rest: Markup =
            filter.isFiltering
            ? " <a href=\"\(context.link(.alerts))\">Show all</a>" : .empty
        guard !alerts.isEmpty else {
            let none: Markup =
                all.isEmpty
                ? "<p>No alert is pending or firing.</p>"
                : "<p>No alert matches.\(rest)</p>"
            return Section.render("own", "From rules", none)
        }
        let columns: [Markup] = [
            "Alert", "State", "Graph", "Asks for", "Value", "Active since",
            "Annotations and labels",
        ]
        let link = { (number: Int) in
            context.link(.alerts, query: filter.onPage(number).query)
        }
        return Section.render(
            "own",
            "From rules",
            """
            <p class="aside">\(alerts.count) of \(all.count.counted("alert")).\(rest)</p>
            \(DataTable.scrolling("Alerts from rules", columns, shown.map { row($0, context) }))
            \(Pager.numbered(page, of: pages, link))
            """
        )
    }

    /// Firing ones first, then the newest.
    private static func precedes(_ left: ActiveAlert, _ right: ActiveAlert) -> Bool {
        func rank(_ alert: ActiveAlert) -> (Int, Int64) {
            let isFiring = alert.firedAt != nil
            return (
                isFiring ? 0 : alert.state.isResolved ? 2 : 1, -alert.activeAt.milliseconds
            )
        }
        return rank(left) < rank(right)
    }

    private static func row(_ alert: ActiveAlert, _ context: PageContext) -> Markup {
        let name = alert.labels["alertname"]
        let unconfirmed: Markup =
            alert.isConfirmed
            ? .empty
            : """
             <span class="notice" title="No evaluation since the start has returned it; the agent \
            does not act on it">unconfirmed</span>
            """
        let query = "?name=\(name.formEncoded)"
        return """
            <tr><th scope="row"><a href="\(context.link(.rules, query: query))">\(id: name)</a></th>
            <td data-label="State">\(AlertParts.state(alert.state.name))\(unconfirmed)</td>
            <td data-label="Graph">\(AlertParts.graph(alert.labels["graph_id"], context))</td>
            <td data-label="Asks for">\(asked(alert.labels))</td>
            <td data-label="Value">\(GoFloat.format(alert.value))</td>
            <td data-label="Active since">\(TimeText.ago(alert.activeAt, context))</td>
            <td data-label="Labels" class="wide">\(AlertParts.annotations(alert.annotations, context))\
            \(AlertParts.labels(alert.labels))</td></tr>

            """
    }

    private static func asked(_ labels: Labels) -> Markup {
        let verb = labels["remediate"]
        guard !verb.isEmpty else { return "<span class=\"none\">nothing</span>" }
        let hang = labels["hang"]
        return hang.isEmpty ? "\(id: verb)" : "\(id: verb) <span class=\"aside\">\(id: hang)</span>"
    }

    // MARK: Received

    private static func received(_ context: PageContext, _ filter: AlertFilter) -> Markup {
        let status = context.status
        let isFiring = { (alert: ReceivedAlert) in status.firing.contains(alert.key) }
        let all = status.received.newestFirst
        let matching = all.filter { filter.shows($0, isFiring: isFiring($0)) }
        // A partition that keeps the newest first.
        let alerts = matching.filter(isFiring) + matching.filter { !isFiring($0) }
        let intro: Markup =
            status.settings?.webhook == nil
            ? "<code>webhook</code> is not configured: received alerts are refused."
            : "Sent by Alertmanager or Prometheus: \(alerts.count) of \(all.count.counted("alert"))."
        guard !alerts.isEmpty else {
            return Section.render("received", "Received", "<p class=\"aside\">\(intro)</p>")
        }
        let columns: [Markup] = [
            "Alert", "State", "Graph", "Asks for", "Active since", "Last received",
            "Summary and labels",
        ]
        let rows = alerts.prefix(maximumReceived).map { row($0, isFiring($0), context) }
        let rest = alerts.count - maximumReceived
        let more: Markup =
            rest > 0
            ? "<p>\(rest.counted("older alert")) \(rest == 1 ? "is" : "are") not shown.</p>"
            : .empty
        return Section.render(
            "received",
            "Received",
            """
            <p class="aside">\(intro)</p>
            \(DataTable.scrolling("Received alerts", columns, rows))\(more)
            """
        )
    }

    private static func row(
        _ alert: ReceivedAlert,
        _ isFiring: Bool,
        _ context: PageContext
    ) -> Markup {
        let note = alert.ending.map { "\($0)" } ?? (isFiring ? "" : "not received again in time")
        let summary: Markup = alert.summary.isEmpty ? .empty : "<p>\(alert.summary)</p>"
        let subject: Markup =
            alert.graphID.rawValue.isEmpty
            ? "every graph" : AlertParts.graph(alert.graphID.rawValue, context)
        return """
            <tr><th scope="row">\(id: alert.alertname)</th>
            <td data-label="State">\(AlertParts.state(isFiring ? "firing" : "inactive")) \
            <span class="aside">\(context.readable(note))</span></td>
            <td data-label="Graph">\(subject)</td>
            <td data-label="Asks for">\(alert.blocks ? "block" : "restart") \
            <span class="aside">\(alert.hangClass.rawValue)</span></td>
            <td data-label="Active since">\(TimeText.ago(alert.key.startsAt, context))</td>
            <td data-label="Last received">\(TimeText.ago(alert.lastReceivedAt, context))</td>
            <td data-label="Labels" class="wide">\(summary)\
            \(alert.labels.map { AlertParts.labels($0.labels) })</td></tr>

            """
    }
}
