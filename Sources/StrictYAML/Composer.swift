import Yams

/// Converts text to nodes with Yams' composer, and works around two of its properties: it resolves
/// aliases silently, and it stops at the first duplicate key without its position.
struct Composer {
    /// The composer stops after this many duplicate keys.
    private static let maximumDuplicates = 20

    let source: YAMLText
    let limits: YAMLDocument.Limits
    let issues: YAMLIssueList

    /// - Returns: the root; nil for an empty document or after reporting an issue.
    func compose() -> YAMLNode? {
        guard !reportsReferences(), let composition = compositionWithUniqueKeys(of: source) else {
            return nil
        }
        return composition.root.flatMap { convert($0, aliases: composition.renamed, depth: 0) }
    }

    // MARK: Anchors, aliases, tags

    /// Reports the first anchor, alias or tag, before any alias is resolved. Returns whether there
    /// is one.
    ///
    /// `@` may occur inside a scalar but cannot start a token. So the scanner is run over a copy in
    /// which every `&`, `*` and `!` is replaced by `@`: it fails exactly where one of them was an
    /// indicator.
    private func reportsReferences() -> Bool {
        let indicators: Set<Unicode.Scalar> = ["&", "*", "!"]
        guard source.scalars.contains(where: indicators.contains) else { return false }
        var probe = source
        for (offset, scalar) in source.scalars.enumerated() where indicators.contains(scalar) {
            probe.replace(at: offset, with: ["@"])
        }
        let found = YAMLIssueList(file: issues.file)
        let trial = Composer(source: probe, limits: limits, issues: found)
        guard trial.compositionWithUniqueKeys(of: probe) == nil, let first = found.sorted.first
        else { return false }
        // Any other error of the probe is an error of the text too: both have the same structure
        // and columns.
        let indicator = source.offset(of: first.mark).flatMap { source.scalar(at: $0) }
        issues.report(Self.refusals[indicator ?? " "] ?? first.message, at: first.mark)
        return true
    }

    private static let refusals: [Unicode.Scalar: String] = [
        "&": "anchors are not allowed; write the value out where it is needed",
        "*": "aliases are not allowed; write the value out, or quote text that starts with *",
        "!": "tags are not allowed; quote text that starts with an exclamation mark",
    ]

    // MARK: Duplicate keys

    private struct Composition {
        let root: Node?
        /// The original names of duplicate keys, by the name that replaced them.
        let renamed: [String: String]
    }

    /// Composes the text. Yams stops at a duplicate key, so duplicates are renamed in place,
    /// without shifting any position, until Yams accepts the text. The conversion then reports all
    /// of them at their positions.
    private func compositionWithUniqueKeys(of source: YAMLText) -> Composition? {
        var source = source
        var renamed: [String: String] = [:]
        while true {
            do {
                let parser = try Parser(
                    yaml: source.text,
                    // Scalars remain text. This also avoids the regular expressions of the default
                    // resolver.
                    resolver: .basic,
                    encoding: .utf8
                )
                return Composition(root: try parser.singleRoot(), renamed: renamed)
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                let mark = YAMLMark(context.mark)
                guard let name = names.first, renamed.count < Self.maximumDuplicates,
                    let alias = rename(name, at: mark, in: &source, count: renamed.count)
                else {
                    issues.report("duplicate key \(quoted(names.first ?? ""))", at: mark)
                    return nil
                }
                renamed[alias] = renamed[name] ?? name
            } catch {
                report(error)
                return nil
            }
        }
    }

    /// Overwrites a key with characters of the private use area. Returns nil if the key is not
    /// written literally: a quoted key with escapes, or a folded one.
    private func rename(
        _ name: String,
        at mark: YAMLMark,
        in source: inout YAMLText,
        count: Int
    ) -> String? {
        guard let start = source.offset(of: mark), let first = source.scalar(at: start),
            let filler = Unicode.Scalar(0xF8F0 - UInt32(count)), !name.isEmpty
        else { return nil }
        let isQuoted = first == "\"" || first == "'"
        let offset = isQuoted ? start + 1 : start
        guard source.has(name.unicodeScalars, at: offset) else { return nil }
        let replacement = Array(repeating: filler, count: name.unicodeScalars.count)
        source.replace(at: offset, with: replacement)
        return String(String.UnicodeScalarView(replacement))
    }

    // MARK: Nodes

    private func convert(_ node: Node, aliases: [String: String], depth: Int) -> YAMLNode? {
        let mark = node.mark.map(YAMLMark.init) ?? .start
        guard depth < limits.maximumDepth else {
            issues.report(tooDeep, at: mark)
            return nil
        }
        switch node {
        case .scalar(let scalar):
            return YAMLNode(
                content: .scalar(scalar.string, isPlain: scalar.style == .plain),
                mark: mark
            )
        case .sequence(let sequence):
            let items = sequence.compactMap { convert($0, aliases: aliases, depth: depth + 1) }
            return YAMLNode(content: .sequence(items), mark: mark)
        case .mapping(let mapping):
            let entries = entries(of: mapping, aliases: aliases, depth: depth)
            return YAMLNode(content: .mapping(entries), mark: mark)
        case .alias:
            issues.report("aliases are not allowed; write the value out", at: mark)
            return nil
        }
    }

    private func entries(
        of mapping: Node.Mapping,
        aliases: [String: String],
        depth: Int
    ) -> [YAMLNode.Entry] {
        var lines: [String: Int] = [:]
        var entries: [YAMLNode.Entry] = []
        for (key, value) in mapping {
            let mark = key.mark.map(YAMLMark.init) ?? .start
            guard case .scalar(let scalar) = key else {
                issues.report(
                    "a key must be text, not \(key.mapping == nil ? "a list" : "a mapping")",
                    at: mark
                )
                continue
            }
            let name = aliases[scalar.string] ?? scalar.string
            if let line = lines.updateValue(mark.line, forKey: name) {
                issues.report(
                    "duplicate key \(quoted(name)), already set on line \(line)",
                    at: mark
                )
                continue
            }
            guard let value = convert(value, aliases: aliases, depth: depth + 1) else { continue }
            entries.append(YAMLNode.Entry(key: name, keyMark: mark, value: value))
        }
        return entries
    }

    // MARK: Errors of the scanner and parser

    private func report(_ error: any Error) {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let message = Self.message(problem, context) ?? tooDeep
            issues.report(message, at: YAMLMark(mark))
        case .memory:
            // Reported when libyaml's own nesting limit (1000) is exceeded.
            issues.report(tooDeep, at: .start)
        default:
            issues.report("not YAML: \(error)", at: .start)
        }
    }

    private var tooDeep: String { "nested deeper than \(limits.maximumDepth) levels" }

    /// The message to report; nil if libyaml's parser exceeded its nesting limit.
    private static func message(_ problem: String, _ context: YamlError.Context?) -> String? {
        if problem.hasPrefix("Maximum nesting level") { return nil }
        guard let context else { return problem }
        if context.text == "expected a single document in the stream" {
            return "a second document starts here; a file must contain one document"
        }
        return
            "\(problem) \(context.text) (line \(context.mark.line), column \(context.mark.column))"
    }
}

extension YAMLMark {
    fileprivate init(_ mark: Mark) {
        self.init(line: mark.line, column: mark.column)
    }
}
