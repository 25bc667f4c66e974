import Cycle
import Diagnosis
import Listener
import Remediation
import Rules
import Series

/// The status page at `/`: the fleet at a glance, without JavaScript.
struct StatusPage: Sendable {
    let build: BuildInformation
    let telemetryPath: String

    /// Bounds the size of the page. The API lists all graphs.
    private static let maximumRows = 1_000

    func routes(_ documents: StatusDocuments) -> [Route] {
        [
            documents.route("/", .page),
            Route("GET", "/style.css") { _ in .response(Self.style) },
        ]
    }

    @Sendable
    func page(_ status: Status) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="refresh" content="10">
        <title>graphwarden</title>
        <link rel="stylesheet" href="style.css">
        </head>
        <body>
        <header><h1>graphwarden</h1><p>Version \(HTML.text(build.version)), watching \
        \(status.inventory.entries.count) graphs</p></header>
        <main>
        \(readiness(status))
        \(pauses(status))
        \(attention(status))
        \(received(status))
        \(table(status))
        \(links)
        </main>
        </body>
        </html>

        """
    }

    private func readiness(_ status: Status) -> String {
        let caution = status.inventory.reach.caution.map { text in
            "<section class=\"warning\"><h2>Blind</h2><p>\(HTML.text(text))</p></section>"
        }
        guard !status.notReady.isEmpty else { return caution ?? "" }
        let reasons = status.notReady.map { "<li>\(HTML.text($0))</li>" }.joined()
        return "<section class=\"warning\"><h2>Not ready</h2><ul>\(reasons)</ul></section>"
            + (caution ?? "")
    }

    /// The pauses in force, and how many restarts wait for a person.
    private func pauses(_ status: Status) -> String {
        var lines = status.machine.pauses.prefix(Self.maximumRows).map { pause in
            "Paused: \(pause.scope) until \(pause.until) by \(pause.by): \(pause.reason)"
        }
        let count = status.machine.approvalsPending
        if count > 0 { lines.append("Waiting for approval: \(count)") }
        guard !lines.isEmpty else { return "" }
        let items = lines.map { "<li>\(HTML.text($0))</li>" }.joined()
        return "<section class=\"warning\"><h2>Orders</h2><ul>\(items)</ul></section>"
    }

    /// The graphs whose decision is not idle, with the reasons.
    private func attention(_ status: Status) -> String {
        let busy = status.inventory.sorted.compactMap { entry -> String? in
            let id = GraphID(entry.graph.id)
            guard let decision = status.machine.decisions[id], decision != .idle else {
                return nil
            }
            let reasons = decision.holdReasons.map { "<li>\(HTML.text("\($0)"))</li>" }.joined()
            return """
                <li><strong>\(HTML.identifier(entry.graph.name))</strong>: \
                \(HTML.text("\(decision)"))<ul>\(reasons)</ul></li>
                """
        }
        guard !busy.isEmpty else { return "<p class=\"calm\">No graph needs a restart.</p>" }
        let shown = busy.prefix(Self.maximumRows).joined(separator: "\n")
        return "<section><h2>Needs attention</h2><ul>\n\(shown)\n</ul></section>"
    }

    /// The received alerts that ask for a restart or block them.
    private func received(_ status: Status) -> String {
        let firing = status.received.newestFirst.filter { status.firing.contains($0.key) }
        guard !firing.isEmpty else { return "" }
        let items = firing.prefix(Self.maximumRows).map { alert in
            "<li><strong>\(HTML.identifier(alert.alertname))</strong> by webhook,"
                + (alert.blocks ? " blocks restarts of" : " about")
                + " <code>\(HTML.identifier(alert.subject))</code> since"
                + " \(HTML.text("\(alert.key.startsAt)")): \(HTML.text(alert.summary))</li>"
        }
        return "<section><h2>Alerts by webhook</h2><ul>\n\(items.joined(separator: "\n"))\n</ul>"
            + "</section>"
    }

    private func table(_ status: Status) -> String {
        let rows = status.inventory.sorted.prefix(Self.maximumRows).map { entry in
            row(entry, in: status)
        }
        let cut = status.inventory.entries.count - rows.count
        let rest = cut > 0 ? "<p>\(cut) more are not shown; use the API.</p>" : ""
        return """
            <section><h2>Graphs</h2><table>
            <thead><tr><th>Name</th><th>Id</th><th>Status</th><th>Verdict</th><th>Mode</th>\
            <th>Decision</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table>\(rest)</section>
            """
    }

    private func row(_ entry: Inventory.Entry, in status: Status) -> String {
        let id = GraphID(entry.graph.id)
        let verdict = status.view.graphs[id]?.verdict
        let mode = status.view.graphs[id]?.policy?.mode.rawValue ?? "unselected"
        let decision = status.machine.decisions[id] ?? .idle
        let cells = [
            HTML.identifier(entry.graph.name), "<code>\(HTML.identifier(entry.graph.id))</code>",
            HTML.text("\(entry.graph.status.code) \(entry.graph.status.phase.rawValue)"),
            HTML.text(verdict?.label ?? "unknown"), HTML.text(mode), HTML.text(decision.label),
        ]
        let rowClass = verdict?.isUp.map { $0 ? "up" : "down" } ?? "unknown"
        return "<tr class=\"\(rowClass)\">" + cells.map { "<td>\($0)</td>" }.joined() + "</tr>"
    }

    private var links: String {
        let items = [
            (telemetryPath, "Metrics", "for Prometheus"),
            ("/api/v1/graphs", "Graphs", "as JSON, with every decision"),
            ("/api/v1/alerts", "Alerts", "pending and firing"),
            ("/-/ready", "Readiness", "with the reasons if not ready"),
        ].map { path, name, text in
            let relative = path.drop { $0 == "/" }
            return "<li><a href=\"\(HTML.text(String(relative)))\">\(name)</a> \(text)</li>"
        }
        return "<section><h2>More</h2><ul>\(items.joined())</ul></section>"
    }
}
