package import Workbench

/// The table of all rows.
package enum Book {
    private static let heading =
        "row".left(44) + "unit".left(11) + cell("graphwarden") + "  " + "anchor".left(28)
        + cell("anchor") + "ratio".right(8) + "at least".right(10)

    private static func cell(_ text: String) -> String { text.right(26) }

    package static func print(_ rows: [Row]) {
        say(heading)
        for row in rows { say(line(row)) }
    }

    private static func line(_ row: Row) -> String {
        let start = row.name.left(44)
        switch row.outcome {
        case .notMeasured(let reason):
            return start + "not measured beside \(row.anchor): \(reason)"
        case .measured(let figures):
            return start + row.unit.left(11) + cell(text(figures.ours)) + "  "
                + row.anchor.left(28) + cell(text(figures.anchor))
                + (row.ratio.map { significant($0) } ?? "-").right(8)
                + (row.bound.map { significant($0) } ?? "-").right(10)
                + (row.meetsBound.map { $0 ? "  met" : "  MISSED" } ?? "")
        }
    }

    /// The median, then the minimum and the maximum.
    private static func text(_ figures: Distribution) -> String {
        "\(significant(figures.median)) (\(significant(figures.minimum))"
            + " to \(significant(figures.maximum)))"
    }

    /// Three digits, or all digits before the point.
    private static func significant(_ value: Double) -> String {
        switch abs(value) {
        case 100...: value.text(0)
        case 10..<100: value.text(1)
        case 0.1..<10: value.text(2)
        case 0: "0"
        default: value.text(4)
        }
    }

    /// Whether every row was measured and no bound was missed.
    package static func verdict(_ rows: [Row]) -> Verdict {
        let isGood = rows.allSatisfy { row in
            if case .notMeasured = row.outcome { false } else { row.meetsBound ?? true }
        }
        return isGood ? .good : .boundMissed
    }
}
