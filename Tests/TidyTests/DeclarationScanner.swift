/// Finds the types that a file declares or extends at its top level: `swift format` puts only these
/// declarations into the first column.
struct DeclarationScanner {
    private(set) var declared: [String] = []
    /// As written, for example `SimulatedGraph.Status`.
    private(set) var extended: [String] = []

    init(_ lines: [String]) {
        for line in lines {
            guard let (keyword, name) = Self.declaration(in: line) else { continue }
            if Self.typeKeywords.contains(keyword) { declared.append(name) }
            if keyword == "extension" { extended.append(name) }
        }
    }

    private static let typeKeywords: Set = [
        "struct", "class", "enum", "actor", "protocol", "typealias",
    ]

    private static let modifiers: Set = [
        "public", "package", "internal", "fileprivate", "private", "final", "indirect",
        "nonisolated", "distributed",
    ]

    private static func declaration(in line: String) -> (keyword: String, name: String)? {
        guard line.first?.isLetter == true || line.first == "@" else { return nil }
        let words = line.split(separator: " ").drop {
            $0.hasPrefix("@") || modifiers.contains(String($0))
        }
        guard words.count >= 2, let keyword = words.first else { return nil }
        let name = words[words.startIndex + 1].prefix {
            $0.isLetter || $0.isNumber || $0 == "_" || $0 == "."
        }
        return (String(keyword), String(name))
    }
}
