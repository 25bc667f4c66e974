import Testing

private let linesPerFileMaximum = 400
private let linesPerFunctionMaximum = 60

@Test(
    "no file is longer than 400 lines",
    arguments: SourceTree.sources + SourceTree.tests + SourceTree.others
)
func filesAreShort(file: SourceFile) {
    #expect(
        file.lines.count <= linesPerFileMaximum + 1,
        "\(file.path) has \(file.lines.count) lines: split it by what it is about"
    )
}

@Test("no function is longer than 60 lines", arguments: SourceTree.sources)
func functionsAreShort(file: SourceFile) {
    for function in FunctionScanner.functions(in: file.lines) {
        #expect(
            function.lineCount <= linesPerFunctionMaximum,
            "\(file.path):\(function.firstLine): \(function.lineCount) lines in one function"
        )
    }
}

@Test("the function scanner counts bodies as well as signatures")
func scannerFindsFunctions() {
    let lines = ["func a(", "    b: Int", ") {", "    let c = { 1 }", "}", "    init() {", "    }"]
    let found = FunctionScanner.functions(in: lines)
    #expect(found.map(\.firstLine) == [1, 6])
    #expect(found.map(\.lineCount) == [5, 2])
}
