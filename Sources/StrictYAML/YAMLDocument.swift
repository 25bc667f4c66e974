// StrictYAML reads YAML documents the way an operator's tool must: every mistake is reported with
// file, line and column, as many of them at once as can be found, and nothing is guessed. It owns
// the step from text to declared types. It knows no key of any particular file, opens no file,
// and lets nothing of Yams out.

/// One YAML document, read strictly.
///
/// Anchors, aliases and tags are refused (they hide what a file says, and aliases can blow up a
/// small file without bound), so are duplicate keys, keys that are not text and a second document.
package struct YAMLDocument: Sendable {
    package let file: String
    /// `nil` when the text holds nothing but white space and comments.
    package let root: YAMLNode?

    package struct Limits: Sendable {
        package var maximumBytes: Int
        package var maximumDepth: Int

        package init(maximumBytes: Int = 4 << 20, maximumDepth: Int = 64) {
            self.maximumBytes = maximumBytes
            self.maximumDepth = maximumDepth
        }
    }

    /// Reads `text`. `file` only names the origin in the issues.
    ///
    /// - Returns: the document, or `nil` and at least one issue.
    package static func parse(
        _ text: String,
        file: String,
        limits: Limits = Limits()
    ) -> (document: YAMLDocument?, issues: [YAMLIssue]) {
        let issues = YAMLIssueList(file: file)
        guard text.utf8.count <= limits.maximumBytes else {
            issues.report(
                "the file has \(text.utf8.count) bytes; at most \(limits.maximumBytes) are read",
                at: .start
            )
            return (nil, issues.sorted)
        }
        let source = YAMLText(text)
        source.reportForbiddenCharacters(to: issues)
        guard issues.isEmpty else { return (nil, issues.sorted) }
        let root = Composer(source: source, limits: limits, issues: issues).compose()
        guard issues.isEmpty else { return (nil, issues.sorted) }
        return (YAMLDocument(file: file, root: root), [])
    }

    /// Reads the document as a declared type; `value` is `nil` if and only if an error was found.
    package func read<Value>(as type: YAMLType<Value>) -> YAMLReading<Value> {
        let issues = YAMLIssueList(file: file)
        let context = YAMLContext(issues: issues, path: "")
        // An empty file is an empty mapping: what is missing in it is then said by name.
        let node = root ?? YAMLNode(content: .mapping([]), mark: .start)
        let value = type.read(node.isNull ? node.emptied : node, context)
        return YAMLReading(
            value: issues.sorted.containsErrors ? nil : value,
            issues: issues.sorted
        )
    }

    /// Parses `text` and reads it as a declared type in one go.
    package static func read<Value>(
        _ text: String,
        file: String,
        as type: YAMLType<Value>,
        limits: Limits = Limits()
    ) -> YAMLReading<Value> {
        let (document, issues) = parse(text, file: file, limits: limits)
        guard let document else { return YAMLReading(value: nil, issues: issues) }
        return document.read(as: type)
    }
}

/// What became of reading a file: a value, and everything there is to say about the file.
package struct YAMLReading<Value> {
    /// `nil` if and only if `issues` contains an error.
    package let value: Value?
    /// In the order of the file.
    package let issues: [YAMLIssue]
}

extension YAMLReading: Sendable where Value: Sendable {}

extension YAMLNode {
    fileprivate var emptied: YAMLNode { YAMLNode(content: .mapping([]), mark: mark) }
}
