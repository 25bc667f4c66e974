import GoText
import JSON
import Tables

/// Lines of the audit trail as a table.
enum HistoryReport {
    private static let columns: [Table.Column] = [
        .init("TIME"), .init("GRAPH"), .init("KIND"), .init("REASON"),
        .init("DETAIL", isFreeText: true),
    ]

    static func lines(_ lines: [JSONValue], width: Int?, isColored: Bool) -> [String] {
        Table(columns, rows: lines.map(row)).lines(width: width, isColored: isColored)
    }

    private static func row(_ line: JSONValue) -> [Cell] {
        let tone: Cell.Tone =
            switch line.text("severity") {
            case "critical": .bad
            case "warning": .warning
            default: .plain
            }
        return [
            Cell(line.text("at")),
            Cell(line.text("graphId").cut(atMost: String.displayedIdentifierMaximum)),
            Cell(line.text("kind"), tone), Cell(line.text("reason")), Cell(line.text("detail")),
        ]
    }
}
