import Testing

/// Written in two parts, so that this file has none of them.
private let unfinishedMarks = ["TO" + "DO", "FIX" + "ME", "XX" + "X"].map { $0.lowercased() }

@Test(
    "nothing is marked as unfinished",
    arguments: SourceTree.sources + SourceTree.tests + SourceTree.others
)
func nothingIsUnfinished(file: SourceFile) {
    for (index, line) in file.lines.enumerated() {
        let words = line.lowercased().split { !$0.isLetter && !$0.isNumber }
        for mark in unfinishedMarks where words.contains(Substring(mark)) {
            Issue.record("\(file.path):\(index + 1): \(mark)")
        }
    }
}
