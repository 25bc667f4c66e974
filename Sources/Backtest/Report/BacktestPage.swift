import Page
import Remediation
import Time

/// The report as a page that needs nothing else.
package struct BacktestPage: Sendable {
    private let results: [BacktestResult]

    package init(_ results: [BacktestResult]) {
        self.results = results
    }

    package var html: String {
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>graphwarden backtest</title>
            <style>
            body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #1c1f24; }
            table { border-collapse: collapse; margin: 1rem 0 2rem; }
            th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; }
            th { border-bottom: 2px solid #c9ced6; }
            td { border-bottom: 1px solid #e4e7ec; }
            .right { color: #17693a; } .unneeded { color: #b3261e; } .unknown { color: #7a5b00; }
            </style>
            </head>
            <body>
            <h1>graphwarden backtest</h1>
            \(results.map(section).joined())\(comparison)<p>After a decision a graph is supposed to \
            be restarted and to answer, until the recording shows it well by itself. A decision was \
            right if the graph did not answer within 10 minutes, or if its operation made no \
            progress to the end; it was not needed if the graph answered sooner or was at work, \
            or its operation ended by itself. A restart in the recording within that time proves \
            nothing: the decision counts as unknown.</p>
            </body>
            </html>

            """
        return page.html
    }

    private func section(_ result: BacktestResult) -> Markup {
        """
        <h2>\(result.name)</h2>
        <p>\(result.sentence)</p>
        \(decisions(result))\(holds(result))\(notes(result))
        """
    }

    private func decisions(_ result: BacktestResult) -> Markup {
        guard !result.decisions.isEmpty else { return .empty }
        let rows = result.decisions.map { decision -> Markup in
            let judgement = decision.outcome.judgement
            return """
                <tr><td>\("\(decision.at)")</td><td>\(decision.graphName)<br>\(id: decision.graphID)\
                </td><td>\(decision.isShadow ? "shadow" : decision.action.rawValue)</td>\
                <td class="\(judgement.rawValue)">\(judgement.word)</td>\
                <td>\("\(decision.outcome)")</td><td>\(decision.alertname)</td>\
                <td>\(decision.reason)</td></tr>

                """
        }
        return """
            <table>
            <tr><th>Time</th><th>Graph</th><th>Action</th><th>Judgement</th><th>What it did</th>\
            <th>Rule</th><th>Reason</th></tr>
            \(rows.joined())</table>

            """
    }

    private func holds(_ result: BacktestResult) -> Markup {
        guard !result.holds.isEmpty else { return .empty }
        let rows = result.holds.map { hold -> Markup in
            """
            <tr><td>\(hold.reason)</td><td>\(hold.count)</td><td>\(hold.graphs)</td>\
            <td>\("\(hold.exampleAt)"): \(hold.example)</td></tr>

            """
        }
        return """
            <h3>Alerts that were held</h3>
            <table>
            <tr><th>Reason</th><th>Times</th><th>Graphs</th><th>First</th></tr>
            \(rows.joined())</table>

            """
    }

    private func notes(_ result: BacktestResult) -> Markup {
        guard !result.notes.isEmpty else { return .empty }
        let items = result.notes.map { note -> Markup in "<li>\(note)</li>\n" }
        return "<h3>What to bear in mind</h3>\n<ul>\n\(items.joined())</ul>\n"
    }

    private var comparison: Markup {
        guard results.count > 1 else { return .empty }
        let heads = results.map { result -> Markup in "<th>\(result.name)</th>" }
        let rows = BacktestComparison(results).rows.map { row -> Markup in
            let cells = row.cells.map { cell -> Markup in
                guard let cell else { return "<td>-</td>" }
                return """
                    <td class="\(cell.outcome.judgement.rawValue)">\("\(cell.at)")<br>\
                    \("\(cell.outcome)")</td>
                    """
            }
            return """
                <tr><td>\(row.graphName)<br>\(id: row.graphID)</td>\(cells.joined())</tr>

                """
        }
        return """
            <h2>Side by side</h2>
            <table>
            <tr><th>Graph</th>\(heads.joined())</tr>
            \(rows.joined())</table>

            """
    }
}
