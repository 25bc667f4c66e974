package import Configuration
import GoText
import Remediation

extension GraphCoverage {
    /// A table with one line for each graph, then the findings.
    package var lines: [String] {
        let isLive = rows.contains { !$0.path.isEmpty }
        let head = ["GRAPH", "ID", "ENTRY", "MODE", "RULES"] + (isLive ? ["PATH", "REACHED"] : [])
        let table = [head] + rows.map { $0.cells(isLive) }
        let widths = head.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        let lines = table.map { cells in
            zip(cells, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }.joined(separator: "  ").trimmed
        }
        return [summary] + lines + findings.map { "warning: \($0)" }
    }

    private var summary: String {
        let modes = Mode.allCases.reversed().map { mode in
            "\(rows.count { $0.mode == mode }) \(mode.rawValue)"
        }
        let rest = rows.count { $0.entry == nil }
        return "\(rows.count) graphs: \(modes.joined(separator: ", ")), \(rest) without an entry"
    }
}

extension GraphCoverage.Row {
    fileprivate func cells(_ isLive: Bool) -> [String] {
        let cells = [
            graph.displayed(atMost: 60), id.displayed(atMost: 60),
            entry.map { "graphs[\($0)]" } ?? "-",
            mode?.rawValue ?? "-", rules.isEmpty ? "-" : rules.joined(separator: ","),
        ]
        return isLive ? cells + [path, reached] : cells
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
