import Foundation
import Testing

/// Runs what a reader would type, in order, in an empty directory.
@Suite("The commands", .serialized)
struct WalkthroughTests {
    @Test("of the README lead from nothing to a decision in shadow mode that the page explains")
    func readme() async throws {
        let text = try await Self.run(Document.readme)
        #expect(text.contains("Graphwarden is Ready."))
        #expect(text.contains("Diagnosis: hung (unresponsive)"))
        #expect(text.contains("CLOSED  shadow "))
        #expect(text.contains("open (shadow)"))
        #expect(text.contains("wouldRestart"))
        let page = try #require(text.split(separator: "\n").last)
        #expect(page.hasPrefix("would be restarted"), "the page: \(page)")
    }

    @Test("of Getting started lead from nothing to an approved restart")
    func gettingStarted() async throws {
        let text = try await Self.run(try Document.page("GettingStarted"))
        #expect(text.contains("CLOSED  shadow "))
        #expect(text.contains(#""restarts":{}"#))
        #expect(text.contains("attempt 1: verified"))
        #expect(text.contains("cooling down until"))
    }

    @Test("that cannot be run are few", arguments: [Document.readme])
    func few(document: Document) throws {
        let pages = [document, try Document.page("GettingStarted")]
        let skipped = pages.flatMap(\.blocks).filter { $0.language == "sh" && $0.isSkipped }
        #expect(skipped.count <= 4)
    }

    /// The ports of the text may be in use, so others take their place.
    private static func run(_ document: Document) async throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "graphwarden-walk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var script = document.blocks.filter { $0.language == "sh" && !$0.isSkipped }
            .map(\.text).joined(separator: "\n")
        let ports = ["18081", "18082", "18083", "10355"]
        for (port, free) in zip(ports, try FreePorts.take(ports.count)) {
            try #require(script.contains(port))
            script = script.replacing(port, with: "\(free)")
        }
        // What a failed command leaves running ends with the script.
        let cleanUp = "set -eu\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n"
        let agent = try #require(script.firstMatch(of: /127\.0\.0\.1:\d+(?=\/-\/ready)/)).0
        let environment = "GRAPHWARDEN_URL=http://\(agent)"
        return try await Shell.run(
            ["env", environment, "timeout", "110", "bash", "-c", cleanUp + script],
            in: folder
        )
    }
}
