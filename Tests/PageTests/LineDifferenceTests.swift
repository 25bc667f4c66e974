import Cycle
import Testing

@testable import Page

@Suite("Differences of files")
struct LineDifferenceTests {
    private func text(_ old: String, _ new: String) -> String? {
        LineDifference(from: old, to: new).lines.map { lines in
            lines.map { line in
                switch line {
                case .kept(let text): " \(text)"
                case .added(let text): "+\(text)"
                case .removed(let text): "-\(text)"
                case .skipped(let count): "(\(count))"
                }
            }.joined(separator: "|")
        }
    }

    @Test("show the changed lines with those around them")
    func lines() {
        #expect(text("a", "a") == "(1)")
        #expect(text("a\nb\nc", "a\nx\nc") == " a|-b|+x| c")
        let old = (1...20).map { "\($0)" }.joined(separator: "\n")
        #expect(text(old, old + "\n21") == "(17)| 18| 19| 20|+21")
        #expect(text("", "new") == "-|+new")
        #expect(text(String(repeating: "a\n", count: 6_000), "") == nil)
    }

    /// Comparing texts without a common line would take gigabytes.
    @Test("are not shown if there are too many", .timeLimit(.minutes(1)))
    func many() {
        func lines(_ prefix: String, _ count: Int) -> String {
            (0..<count).map { "\(prefix)\($0)\n" }.joined()
        }
        #expect(text(lines("a", 4_000), lines("b", 4_000)) == nil)
        #expect(text(lines("a", 251), lines("b", 251)) == nil)
        let few = text(lines("a", 249), lines("b", 249))
        #expect(few?.split(separator: "|").count == 2 * 249 + 1)
    }

    @Test("lead from one text to the other, and are as few as possible")
    func shortest() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let texts = (0..<2).map { _ in
                (0..<Int.random(in: 0...7, using: &random)).map { _ in
                    "\(Int.random(in: 0...2, using: &random))"
                }.joined(separator: "\n")
            }
            let lines = try #require(LineDifference(from: texts[0], to: texts[1]).lines)
            // With seven lines none is left out.
            let old = lines.compactMap { line in
                switch line {
                case .kept(let text), .removed(let text): text
                case .added, .skipped: nil
                }
            }
            let new = lines.compactMap { line in
                switch line {
                case .kept(let text), .added(let text): text
                case .removed, .skipped: nil
                }
            }
            if texts[0] == texts[1] { continue }
            let (before, after) = (
                texts[0].split(separator: "\n", omittingEmptySubsequences: false),
                texts[1].split(separator: "\n", omittingEmptySubsequences: false)
            )
            let skipped = lines.reduce(0) {
                if case .skipped(let count) = $1 { $0 + count } else { $0 }
            }
            #expect(old.count + skipped == before.count && new.count + skipped == after.count)
            if skipped == 0 {
                #expect(old == before.map(String.init) && new == after.map(String.init))
            }
            let changes = lines.count { line in
                switch line {
                case .added, .removed: true
                case .kept, .skipped: false
                }
            }
            #expect(changes == after.difference(from: before).count, "\(texts)")
        }
    }

    @Test("stand on the page of the configuration, and no secret does that was hidden before")
    func page() throws {
        let context = PageContext(
            status: .starting,
            troubles: [],
            now: BusyAgent.start,
            version: "1",
            telemetryPath: "/metrics",
            acceptsOrders: false
        )
        let files = [
            ConfigurationFile(path: "<a>", text: "mode: auto\n", onDisk: .changed("mode: <off>\n")),
            ConfigurationFile(path: "b", text: "rules", onDisk: .same),
            ConfigurationFile(path: "c", text: "", onDisk: .unreadable("no such file")),
        ]
        let page = try Page(ConfigurationPage.render(context, files: files).html, of: "/config")
        #expect(page.all("del").count == 1 && page.all("ins").count == 1)
        for text in ["mode: <off>", "Same as the file on disk", "no such file"] {
            #expect(page.text.contains(text), "\(text)")
        }
    }
}
