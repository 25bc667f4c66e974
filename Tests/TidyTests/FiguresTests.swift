import Testing

@Suite("The figures")
struct FiguresTests {
    /// Bounds on the medians of files and functions; the maxima are checked individually.
    private static let fileLinesMedianMaximum = 120
    private static let functionLinesMedianMaximum = 10

    private static let targets = Set(SourceTree.sources.map(\.target)).sorted()

    private static func figures(of target: String) -> Figures {
        Figures(
            target,
            SourceTree.sources.filter { $0.target == target },
            tests: SourceTree.tests.filter { $0.target == target + "Tests" }
        )
    }

    @Test("of all targets are within their bounds, and printed")
    func table() {
        let all = Figures(
            "Sources",
            SourceTree.sources,
            tests: SourceTree.tests.filter { $0.target != "Benchmarks" }
        )
        print(Figures.table([all] + Self.targets.map(Self.figures)))
        #expect(all.fileLinesMedian <= Self.fileLinesMedianMaximum)
        #expect(all.functionLinesMedian <= Self.functionLinesMedianMaximum)
    }

    @Test("count files, functions, comments and tests")
    func counting() {
        let source = SourceFile(
            path: "Sources/A/A.swift",
            lines: ["/// a", "func a() {", "    // why", "    b()", "}", "", "let c = 1 // d", ""]
        )
        let test = SourceFile(path: "Tests/ATests/A.swift", lines: ["a", "b", "c", ""])
        let figures = Figures("A", [source, source], tests: [test])
        #expect(
            figures.row == ["A", "2", "14", "7", "7", "4", "50", "0.21"]
        )
        let table = Figures.table([figures]).split(separator: "\n")
        #expect(table.count == 2)
        #expect(table[0].count == table[1].count)
    }
}
