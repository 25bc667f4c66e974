import Foundation
import Testing

@Suite("The README")
struct ReadmeTests {
    @Test("names every folder of Sources with what it owns, and no other")
    func folders() throws {
        let readme = try String(
            contentsOf: SourceTree.root.appending(path: "README.md"),
            encoding: .utf8
        )
        let table = try #require(
            readme.split(separator: "| folder | owns |").last?.split(separator: "\n\n").first
        )
        var named: Set<String> = []
        for line in table.split(separator: "\n").dropFirst() {
            let cell = line.split(separator: "|").first ?? ""
            named.formUnion(cell.matches(of: /`(\w+)`/).map { String($0.1) })
        }
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: SourceTree.root.appending(path: "Sources").path
        )
        #expect(named == Set(folders.filter { !$0.hasPrefix(".") }))
    }
}
