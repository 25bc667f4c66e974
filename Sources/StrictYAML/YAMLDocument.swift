// StrictYAML converts YAML text to declared types. It reports every error with file, line and
// column, as many as possible in one run, and guesses nothing. It knows no key of any particular
// file, opens no file, and does not expose Yams.

/// One YAML document, parsed strictly.
///
/// Anchors, aliases and tags are errors: they obscure what a file says, and aliases can expand a
/// small file without bound. Duplicate keys, keys that are not text and a second document are
/// errors too.
package struct YAMLDocument: Sendable {
    package let file: String
    /// nil if the text contains nothing but white space and comments.
    package let root: YAMLNode?

    package struct Limits: Sendable {
        package var maximumBytes: Int
        package var maximumDepth: Int

        package init(maximumBytes: Int = 4 << 20, maximumDepth: Int = 64) {
            self.maximumBytes = maximumBytes
            self.maximumDepth = maximumDepth
        }
    }

    /// Parses `text`. `file` is used in issues only.
    ///
    /// - Returns: the document, or nil and at least one issue.
    package static func parse(
        _ text: String,
        file: String,
        limits: Limits = Limits()
    ) -> (document: YAMLDocument?, issues: [YAMLIssue]) {
        let issues = YAMLIssueList(file: file)
        guard text.utf8.count <= limits.maximumBytes else {
            issues.report(
                "the file has \(text.utf8.count) bytes, more than the limit of"
                    + " \(limits.maximumBytes)",
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

    /// Reads the document as a declared type. `value` is nil if and only if there is an error.
    package func read<Value>(as type: YAMLType<Value>) -> YAMLReading<Value> {
        let issues = YAMLIssueList(file: file)
        let context = YAMLContext(issues: issues, path: "")
        // Read an empty file as an empty mapping, so that missing keys are reported by name.
        let node = root ?? YAMLNode(content: .mapping([]), mark: .start)
        let value = type.read(node.isNull ? node.emptied : node, context)
        return YAMLReading(
            value: issues.sorted.containsErrors ? nil : value,
            issues: issues.sorted
        )
    }

    /// Parses `text` and reads it as a declared type.
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

/// The result of reading a file: its value, errors and warnings.
package struct YAMLReading<Value> {
    /// nil if and only if `issues` contains an error.
    package let value: Value?
    /// In the order of the file.
    package let issues: [YAMLIssue]
}

extension YAMLReading: Sendable where Value: Sendable {}

extension YAMLNode {
    fileprivate var emptied: YAMLNode { YAMLNode(content: .mapping([]), mark: mark) }
}
