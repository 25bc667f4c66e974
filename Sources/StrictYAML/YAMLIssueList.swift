/// Collects the issues of one file during reading.
final class YAMLIssueList {
    /// Of errors, and of warnings: limits the output for a file that is not YAML at all, or
    /// hostile. Further ones are dropped. Warnings leave room for errors, because a file without an
    /// error is used.
    static let maximumCount = 200

    let file: String
    private var issues: [YAMLIssue] = []
    private var errorCount = 0

    init(file: String) {
        self.file = file
    }

    var isEmpty: Bool { issues.isEmpty }

    /// Whether further errors are dropped. What is read then is not used, so nothing has to be
    /// found out any more.
    var hasAllErrors: Bool { errorCount >= Self.maximumCount }

    /// In the order of the file; at one position, in the order of the reports.
    var sorted: [YAMLIssue] {
        issues.enumerated()
            .sorted { ($0.element.mark, $0.offset) < ($1.element.mark, $1.offset) }
            .map(\.element)
    }

    func report(_ message: String, at mark: YAMLMark, severity: YAMLIssue.Severity = .error) {
        let isError = severity == .error
        guard (isError ? errorCount : issues.count - errorCount) < Self.maximumCount else { return }
        errorCount += isError ? 1 : 0
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

    /// Whether the report of an error would be dropped.
    var dropsErrors: Bool { issues?.hasAllErrors ?? true }

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
