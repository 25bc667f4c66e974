import Foundation
import Testing

/// A part of a page that is made from the program, between two comments.
struct GeneratedSection {
    let page: String
    let name: String

    /// Compares the part with what it should be. With the environment variable
    /// `UPDATE_DOCUMENTATION` the page is changed instead.
    func check(_ content: String) throws {
        let document = try Document.page(page)
        let start = "<!-- generated: \(name) -->\n"
        let end = "<!-- end -->"
        let from = try #require(document.text.firstRange(of: start), "\(page): no \(start)")
        let to = try #require(document.text[from.upperBound...].firstRange(of: end))
        let wanted = "\n" + content + "\n"
        guard document.text[from.upperBound..<to.lowerBound] != wanted else { return }
        guard ProcessInfo.processInfo.environment["UPDATE_DOCUMENTATION"] != nil else {
            Issue.record(
                """
                \(page).md, \(name): differs from the program. Run the tests once with \
                UPDATE_DOCUMENTATION=1, and review the difference.
                """
            )
            return
        }
        // Read again: an earlier section of the same page may have been changed meanwhile.
        let file = Document.root.appending(path: document.path)
        let text = try String(contentsOf: file, encoding: .utf8)
        let begin = try #require(text.firstRange(of: start))
        let stop = try #require(text[begin.upperBound...].firstRange(of: end))
        try text.replacingCharacters(in: begin.upperBound..<stop.lowerBound, with: wanted)
            .write(to: file, atomically: true, encoding: .utf8)
    }

    static func table(_ head: [String], _ rows: [[String]]) -> String {
        let lines = [head, head.map { _ in "---" }] + rows
        return lines.map { cells in
            let texts = cells.map { $0.replacing("|", with: "\\|").replacing("\n", with: " ") }
            return
                ("|" + texts.map { $0.isEmpty ? " |" : $0 == "---" ? "---|" : " \($0) |" }.joined())
                + "\n"
        }.joined()
    }
}
