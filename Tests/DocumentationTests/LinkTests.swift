import Foundation
import Testing

@Suite("Every page", .serialized)
struct LinkTests {
    @Test("has links that lead somewhere", arguments: Document.all)
    func links(document: Document) throws {
        let text = document.prose.joined(separator: "\n")
        let folder = Document.root.appending(path: document.path).deletingLastPathComponent()
        for match in text.matches(of: /(`?)\[[^\]]+\]\(([^)\s]+)\)/) where match.1.isEmpty {
            let target = String(match.2)
            guard target.firstMatch(of: /^[a-z]+:/) == nil else {
                let url = URL(string: target)
                #expect(url?.scheme == "https" && url?.host() != nil, "\(document.path): \(target)")
                continue
            }
            let parts = target.split(separator: "#", omittingEmptySubsequences: false)
            let file =
                parts[0].isEmpty
                ? Document.root.appending(path: document.path)
                : folder.appending(path: String(parts[0])).standardizedFileURL
            #expect(
                FileManager.default.fileExists(atPath: file.path),
                "\(document.path): \(target) does not exist"
            )
            guard parts.count > 1 else { continue }
            let page = Document.all.first {
                Document.root.appending(path: $0.path).path == file.path
            }
            let anchors = page?.headings.map(\.anchor) ?? []
            #expect(anchors.contains(String(parts[1])), "\(document.path): \(target)")
        }
    }

    @Test("names only files of the repository that exist", arguments: Document.all)
    func files(document: Document) {
        let text = document.prose.joined(separator: "\n")
        for match in text.matches(of: /`((?:packaging|rules|Sources|Tests)\/[^`\s*]+)/) {
            let file = Document.root.appending(path: String(match.1))
            #expect(
                FileManager.default.fileExists(atPath: file.path),
                "\(document.path): \(match.1)"
            )
        }
    }

    @Test("has headings that are unique and that DocC can link to", arguments: Document.pages)
    func headings(document: Document) {
        let anchors = document.headings.map(\.anchor)
        #expect(anchors.count == Set(anchors).count)
        for heading in document.headings {
            #expect(heading.text.wholeMatch(of: /[\w ,`-]+/) != nil, "\(heading.text)")
        }
        #expect(document.headings.filter { $0.level == 1 }.count == 1)
    }

    @Test("is listed on the first page", arguments: Document.pages)
    func listed(document: Document) throws {
        let first = try Document.page("graphwarden")
        guard document.name != first.name else { return }
        let title = document.headings.first?.text ?? ""
        #expect(first.prose.contains("- [\(title)](\(document.name))"))
    }

    @Test("has lines of 110 characters at most, except tables", arguments: Document.all)
    func lines(document: Document) {
        // The descriptions of commands are generated.
        guard document.name != "CommandLine.md" else { return }
        for line in document.prose where !line.hasPrefix("|") && !line.contains("](") {
            #expect(line.count <= 110, "\(document.path): \(line)")
        }
    }

    /// Code blocks say what they are. Few are not run, each for a reason.
    @Test("says why a command is not run", arguments: Document.all)
    func reasons(document: Document) {
        for block in document.blocks {
            let known = ["sh", "console", "text", "yaml", "json"]
            #expect(known.contains(block.language), "\(document.path): ```\(block.language)")
            let isRun = ["README.md", "GettingStarted.md"].contains(document.name)
            guard block.language == "sh", !isRun else { continue }
            #expect(block.isSkipped, "\(document.path): \(block.text)")
        }
    }

    @Test("of the README is short")
    func short() {
        #expect(
            Document.readme.text.split(separator: "\n", omittingEmptySubsequences: false).count
                <= 200
        )
    }

    @Test("names every folder of Sources with what it owns, and no other")
    func folders() throws {
        let named = try Document.page("Architecture").words(in: "Modules")
        let folders = Document.names(in: "Sources").filter { !$0.hasPrefix(".") }
        #expect(Set(named) == Set(folders))
    }
}
