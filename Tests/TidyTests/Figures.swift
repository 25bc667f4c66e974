/// The size of some source files, as one row of a table.
struct Figures {
    let name: String
    let files: Int
    let lines: Int
    let fileLinesMedian: Int
    let fileLinesP90: Int
    let functionLinesMedian: Int
    /// Comment-only lines per hundred lines of code.
    let commentsPer100CodeLines: Int
    /// Lines of tests per line of source; nil without tests.
    let testLinesPerLine: Double?

    init(_ name: String, _ sources: [SourceFile], tests: [SourceFile]) {
        self.name = name
        let lengths = sources.map(\.lineCount)
        files = sources.count
        lines = lengths.reduce(0, +)
        fileLinesMedian = lengths.quantile(0.5)
        fileLinesP90 = lengths.quantile(0.9)
        functionLinesMedian = sources.flatMap { FunctionScanner.functions(in: $0.lines) }
            .map(\.lineCount).quantile(0.5)
        let trimmed = sources.flatMap(\.lines).map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }
        let comments = trimmed.count { $0.hasPrefix("//") }
        commentsPer100CodeLines = comments * 100 / max(1, trimmed.count - comments)
        let testLines = tests.map(\.lineCount).reduce(0, +)
        testLinesPerLine = testLines > 0 ? Double(testLines) / Double(max(1, lines)) : nil
    }

    static let heading = [
        "", "files", "lines", "file p50", "file p90", "func p50", "comments/100", "tests/line",
    ]

    var row: [String] {
        let ratio = testLinesPerLine.map { "\(($0 * 100).rounded() / 100)" }
        return [
            name, "\(files)", "\(lines)", "\(fileLinesMedian)", "\(fileLinesP90)",
            "\(functionLinesMedian)", "\(commentsPer100CodeLines)", ratio ?? "-",
        ]
    }

    /// Columns are aligned, the first to the left and the others to the right.
    static func table(_ figures: [Figures]) -> String {
        let rows = [heading] + figures.map(\.row)
        let widths = heading.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).enumerated().map { column, cell in
                let padding = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + padding : padding + cell.0
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}

extension SourceFile {
    /// Ignores text after the last line break.
    fileprivate var lineCount: Int {
        lines.last?.isEmpty == true ? lines.count - 1 : lines.count
    }
}

extension [Int] {
    /// The smallest element with at least this fraction of all elements at or below it; 0 if there
    /// are none.
    fileprivate func quantile(_ part: Double) -> Int {
        guard !isEmpty else { return 0 }
        return sorted()[Int((Double(count - 1) * part).rounded())]
    }
}
