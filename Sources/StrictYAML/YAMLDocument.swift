// StrictYAML converts YAML text to declared types. It reports every error with file, line and
// column, as many as possible in one run, and guesses nothing. It knows no key of any particular
// file, opens no file, and does not expose libyaml.

/// One YAML document, parsed strictly.
///
/// Anchors, aliases, merge keys and tags mean what they mean to Go's YAML packages, with which
/// Prometheus reads its files. What aliases add to a document is limited. Duplicate keys and keys
/// that are not text are errors.
package struct YAMLDocument: Sendable {
    package let file: String
    /// nil if the text contains nothing but white space and comments.
    package let root: YAMLNode?
    private let dialect: Dialect

    private init(file: String, root: YAMLNode?, dialect: Dialect) {
        self.file = file
        self.root = root
        self.dialect = dialect
    }

    /// A strict document whose content was read as a part of another one.
    package init(root: YAMLNode, file: String) {
        self.init(file: file, root: root, dialect: .strict)
    }

    package struct Limits: Sendable {
        /// Of the text, and of what aliases add to it.
        package var maximumBytes: Int
        package var maximumDepth: Int
        /// The number of values that aliases may add.
        package var maximumAliasedNodes: Int

        package init(
            maximumBytes: Int = 4 << 20,
            maximumDepth: Int = 64,
            maximumAliasedNodes: Int = 200_000
        ) {
            self.maximumBytes = maximumBytes
            self.maximumDepth = maximumDepth
            self.maximumAliasedNodes = maximumAliasedNodes
        }
    }

    /// Where a reader may be lenient.
    package enum Dialect: Sendable {
        /// Prometheus' rule files and their unit tests, read as Prometheus reads them: the first of
        /// several documents, and the items of a list that are not null.
        case prometheus
        /// A second document is an error, because what it says would be ignored, and so is an item
        /// without a value.
        case strict
    }

    /// Parses `text`. `file` is used in issues only.
    ///
    /// - Returns: the document, or nil and at least one issue.
    package static func parse(
        _ text: String,
        file: String,
        dialect: Dialect = .strict,
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
        var composer = Composer(source, limits: limits, issues: issues)
        let root = composer.compose(dialect)
        guard issues.isEmpty else { return (nil, issues.sorted) }
        return (YAMLDocument(file: file, root: root, dialect: dialect), [])
    }

    /// Reads the document as a declared type. `value` is nil if and only if there is an error.
    package func read<Value>(as type: YAMLType<Value>) -> YAMLReading<Value> {
        let issues = YAMLIssueList(file: file)
        let context = YAMLContext(issues: issues, path: "", dialect: dialect)
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
        dialect: Dialect = .strict,
        limits: Limits = Limits()
    ) -> YAMLReading<Value> {
        let (document, issues) = parse(text, file: file, dialect: dialect, limits: limits)
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
