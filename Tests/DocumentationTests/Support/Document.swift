import Foundation
import Testing

/// One Markdown file of the documentation.
struct Document: Sendable, CustomTestStringConvertible {
    /// The path below the package's root.
    let path: String
    let text: String

    var testDescription: String { path }
    var name: String { String(path.split(separator: "/").last ?? "") }

    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let catalog = "Sources/graphwarden/Documentation.docc"

    static let readme = Document(reading: "README.md")
    static let pages = names(in: catalog).filter { $0.hasSuffix(".md") }
        .map { Document(reading: "\(catalog)/\($0)") }
    static let all = [readme] + pages

    static func page(_ name: String) throws -> Document {
        try #require(pages.first { $0.name == "\(name).md" }, "no page \(name)")
    }

    private init(reading path: String) {
        self.path = path
        text = (try? Self.content(of: path)) ?? ""
    }

    static func content(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The files and folders of a folder of the package.
    static func names(in folder: String) -> [String] {
        let path = root.appending(path: folder).path
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    /// The text of the Swift files below a folder of the package.
    static func sources(below folder: String) -> [(path: String, text: String)] {
        let base = root.appending(path: folder)
        let found = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
        var files: [(String, String)] = []
        while let file = found?.nextObject() as? URL {
            guard file.pathExtension == "swift",
                let text = try? String(contentsOf: file, encoding: .utf8)
            else { continue }
            files.append((file.path, text))
        }
        return files
    }
}

// MARK: - Structure

extension Document {
    struct Heading: Sendable {
        let level: Int
        let text: String

        /// As GitHub makes it.
        var anchor: String {
            let plain = text.replacing("`", with: "").lowercased()
                .filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
            return plain.replacing(" ", with: "-")
        }
    }

    struct Block: Sendable {
        let language: String
        let text: String
        /// The paragraph before the block.
        let before: String

        var isSkipped: Bool {
            let last = before.split(separator: "\n").last ?? ""
            return last.hasPrefix("<!-- not run: ") && last.hasSuffix(" -->")
        }
    }

    /// The lines outside of code blocks.
    var prose: [Substring] {
        var isCode = false
        return text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
            defer { if line.hasPrefix("```") { isCode.toggle() } }
            return !isCode && !line.hasPrefix("```")
        }
    }

    var headings: [Heading] {
        prose.compactMap { line in
            let level = line.prefix { $0 == "#" }.count
            guard (1...6).contains(level), line.dropFirst(level).first == " " else { return nil }
            return Heading(level: level, text: String(line.dropFirst(level + 1)))
        }
    }

    var blocks: [Block] {
        var blocks: [Block] = []
        var open: (language: String, lines: [Substring])?
        var paragraph: [Substring] = []
        var isEnded = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```"), let block = open {
                blocks.append(
                    Block(
                        language: block.language,
                        text: block.lines.map { $0 + "\n" }.joined(),
                        before: paragraph.joined(separator: "\n")
                    )
                )
                (open, paragraph) = (nil, [])
            } else if line.hasPrefix("```") {
                open = (String(line.dropFirst(3)), [])
            } else if open != nil {
                open?.lines.append(line)
            } else if line.isEmpty {
                isEnded = true
            } else {
                if isEnded { paragraph = [] }
                paragraph.append(line)
                isEnded = false
            }
        }
        return blocks
    }

    /// The lines below a heading, up to the next one.
    func section(_ title: String) throws -> [Substring] {
        let lines = prose
        let start = lines.firstIndex { line in
            line.hasPrefix("#") && line.drop { $0 == "#" } == " " + title
        }
        let first = try #require(start, "\(name) has no section \(title)")
        return Array(lines[(first + 1)...].prefix { !$0.hasPrefix("#") })
    }

    /// The rows of the first table of a section, without its head, or of the table whose head
    /// begins with a word.
    func table(in title: String, head: String? = nil) throws -> [[String]] {
        var lines = try section(title)[...]
        lines = lines.drop { line in
            head.map { !line.hasPrefix("| \($0) |") } ?? !line.hasPrefix("|")
        }
        let rows = lines.prefix { $0.hasPrefix("|") }.dropFirst(2).map(Self.cells)
        try #require(!rows.isEmpty, "\(name), \(title): no table")
        return Array(rows)
    }

    /// The words in code style of the first column of a table.
    func words(in title: String, head: String? = nil) throws -> [String] {
        try table(in: title, head: head).flatMap { Self.codes(in: $0.first ?? "") }
    }

    static func codes(in cell: String) -> [String] {
        cell.matches(of: /`([^`]+)`/).map { String($0.1) }
    }

    /// A `\|` belongs to its cell.
    private static func cells(_ row: Substring) -> [String] {
        let bar = "\u{0}"
        return row.replacing("\\|", with: bar).split(
            separator: "|",
            omittingEmptySubsequences: false
        ).dropFirst().dropLast().map {
            $0.trimmingCharacters(in: .whitespaces).replacing(bar, with: "|")
        }
    }
}
