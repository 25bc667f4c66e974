import Foundation
import Testing

/// One Swift file of the package, as text.
struct SourceFile: Sendable, CustomTestStringConvertible {
    /// The path below the package's root, such as `Sources/Series/Labels.swift`.
    let path: String
    let lines: [String]

    var testDescription: String { path }

    /// The target that the file belongs to: the second component of the path.
    var target: String {
        path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
    }

    /// The modules that the file imports, whatever the access level of the import.
    var imports: [String] {
        lines.compactMap { line in
            var words = line.split(separator: " ").map(String.init)
            while let first = words.first, first.hasPrefix("@") || Self.accessLevels.contains(first)
            {
                words.removeFirst()
            }
            guard words.first == "import", words.count >= 2 else { return nil }
            let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let"]
            let name = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
            return name.split(separator: ".").first.map(String.init)
        }
    }

    private static let accessLevels: Set = [
        "public", "package", "internal", "fileprivate", "private",
    ]
}

enum SourceTree {
    /// The package's root, derived from the path of this file.
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static let sources = files(below: "Sources")
    static let tests = files(below: "Tests")
    /// The manifest, scripts, style sheets and models: what people read besides the modules.
    static let others =
        [root.appending(path: "Package.swift")].compactMap(file)
        + ["Sources", "Tests", "packaging"].flatMap { folder in
            files(below: folder) { otherExtensions.contains($0.pathExtension) }
        }

    /// A script often has no extension.
    private static let otherExtensions: Set = ["", "bash", "css", "js", "pml", "py", "sh"]

    private static func files(
        below folder: String,
        where isIncluded: (URL) -> Bool = { $0.pathExtension == "swift" }
    ) -> [SourceFile] {
        let base = root.appending(path: folder)
        let found = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
        var files: [SourceFile] = []
        while let url = found?.nextObject() as? URL {
            guard isIncluded(url), !url.path.contains("/.build"), let file = file(url) else {
                continue
            }
            files.append(file)
        }
        return files.sorted { $0.path < $1.path }
    }

    /// Nil for a folder, and for what is no text.
    private static func file(_ url: URL) -> SourceFile? {
        guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
        return SourceFile(
            path: String(url.path.dropFirst(root.path.count).drop { $0 == "/" }),
            lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        )
    }
}
