import Foundation
import PromQLTestLanguage
import Testing

/// The behaviour of the language, script by script: `Tests/PromQLTests/scripts`.
struct ScriptFolderTests {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "scripts")

    private static let names: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path())
        return (names ?? []).filter { $0.hasSuffix(".test") }.sorted()
    }()

    @Test("there are scripts")
    func found() {
        #expect(Self.names.count >= 20)
    }

    @Test("every case of a script holds", arguments: names)
    func holds(name: String) throws {
        let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
        let report = ScriptRunner().run(try TestScript.parse(text, name: name))
        for failure in report.failures { Issue.record("\(failure)") }
        #expect(report.skipped.isEmpty)
        #expect(report.passedCount > 0)
    }
}
