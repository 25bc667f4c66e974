/// Collects the issues of one file during reading.
final class YAMLIssueList {
    /// Limits the output for a file that is not YAML at all, or hostile. Further issues are
    /// dropped.
    static let maximumCount = 200

    let file: String
    private var issues: [YAMLIssue] = []

    init(file: String) {
        self.file = file
    }

    var isEmpty: Bool { issues.isEmpty }

    /// In the order of the file; at one position, in the order of the reports.
    var sorted: [YAMLIssue] {
        issues.enumerated()
            .sorted { ($0.element.mark, $0.offset) < ($1.element.mark, $1.offset) }
            .map(\.element)
    }

    func report(_ message: String, at mark: YAMLMark, severity: YAMLIssue.Severity = .error) {
        guard issues.count < Self.maximumCount else { return }
        issues.append(YAMLIssue(file: file, mark: mark, message: message, severity: severity))
    }
}

/// The position of a reader in the document, as a path of keys, and the list that collects issues.
package struct YAMLContext {
    /// nil while a placeholder is created, so that nothing is reported.
    let issues: YAMLIssueList?
    /// For example `remediation.budget` or `groups[0].rules[2]`; empty at the top level.
    package let path: String
    let dialect: YAMLDocument.Dialect

    static var silent: YAMLContext { YAMLContext(issues: nil, path: "", dialect: .strict) }

    /// Reports an issue. The message starts with the path, so that it is clear without the file.
    package func report(
        _ message: String,
        at mark: YAMLMark,
        severity: YAMLIssue.Severity = .error
    ) {
        issues?.report(path.isEmpty ? message : "\(path): \(message)", at: mark, severity: severity)
    }

    func appending(key: String) -> YAMLContext {
        YAMLContext(
            issues: issues,
            path: path.isEmpty ? key : "\(path).\(key)",
            dialect: dialect
        )
    }

    func appending(index: Int) -> YAMLContext {
        YAMLContext(issues: issues, path: "\(path)[\(index)]", dialect: dialect)
    }
}
