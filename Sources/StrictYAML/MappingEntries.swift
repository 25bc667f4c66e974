/// Collects the entries of a mapping: reports duplicate keys and resolves merge keys (`<<`).
struct MappingEntries {
    private let issues: YAMLIssueList
    private var entries: [YAMLNode.Entry] = []
    /// The line of each key.
    private var lines: [String: Int] = [:]
    private var mergeMark: YAMLMark?
    private var mergeValue: YAMLNode?

    init(_ issues: YAMLIssueList) {
        self.issues = issues
    }

    /// - Parameters:
    ///   - mark: where the key is written, which differs from `key.mark` for an alias.
    ///   - tag: as written before the key.
    mutating func add(key: YAMLNode, at mark: YAMLMark, tag: String?, value: YAMLNode) {
        guard case .scalar(let name, let isPlain) = key.content else {
            let isMapping = if case .mapping = key.content { true } else { false }
            issues.report("a key must be text, not \(isMapping ? "a mapping" : "a list")", at: mark)
            return
        }
        if name == "<<", Self.merges(tag, isPlain: isPlain) {
            if let first = mergeMark {
                reportDuplicate(name, line: first.line, at: mark)
            } else {
                (mergeMark, mergeValue) = (mark, value)
            }
            return
        }
        if let line = lines[name] {
            reportDuplicate(name, line: line, at: mark)
            return
        }
        lines[name] = mark.line
        entries.append(YAMLNode.Entry(key: name, keyMark: mark, value: value))
    }

    /// Whether `<<` is a merge key. As in Go's package yaml.v3, its own tag says so even if it is
    /// quoted, and the tag `!` changes nothing.
    private static func merges(_ tag: String?, isPlain: Bool) -> Bool {
        switch tag {
        case nil, "!": isPlain
        case "tag:yaml.org,2002:merge": true
        default: false
        }
    }

    /// The entries, followed by those that a merge key adds. A key of the mapping itself takes
    /// precedence over a merged one, and the first of several merged mappings over later ones.
    var merged: [YAMLNode.Entry] {
        guard let mergeMark, let mergeValue else { return entries }
        guard let sources = Self.sources(mergeValue) else {
            issues.report(
                "a merge key needs a mapping or a list of mappings, found"
                    + " \(mergeValue.kindOfStructure)",
                at: mergeMark
            )
            return entries
        }
        var result = entries
        var names = Set(lines.keys)
        for entry in sources.joined() where names.insert(entry.key).inserted {
            result.append(entry)
        }
        return result
    }

    private static func sources(_ node: YAMLNode) -> [[YAMLNode.Entry]]? {
        switch node.content {
        case .mapping(let entries): return [entries]
        case .scalar: return nil
        case .sequence(let items):
            var result: [[YAMLNode.Entry]] = []
            for item in items {
                guard case .mapping(let entries) = item.content else { return nil }
                result.append(entries)
            }
            return result
        }
    }

    private func reportDuplicate(_ name: String, line: Int, at mark: YAMLMark) {
        issues.report("duplicate key \(quoted(name)), already set on line \(line)", at: mark)
    }
}
