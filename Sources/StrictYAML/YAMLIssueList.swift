/// Collects the issues of one file while it is being read.
final class YAMLIssueList {
    /// More than this helps nobody, and a hostile file must not make us write a gigabyte.
    static let maximumCount = 200

    let file: String
    private var issues: [YAMLIssue] = []

    init(file: String) {
        self.file = file
    }

    var isEmpty: Bool { issues.isEmpty }

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

/// Where a reader stands: the path of keys that led here and the list that takes the issues.
package struct YAMLContext {
    /// `nil` while a placeholder is made: then nothing is reported.
    let issues: YAMLIssueList?
    /// `remediation.budget` or `groups[0].rules[2]`; empty at the top.
    package let path: String

    static var silent: YAMLContext { YAMLContext(issues: nil, path: "") }

    /// Reports an issue; the path leads the message, so that it can be read without the file.
    package func report(
        _ message: String,
        at mark: YAMLMark,
        severity: YAMLIssue.Severity = .error
    ) {
        issues?.report(path.isEmpty ? message : "\(path): \(message)", at: mark, severity: severity)
    }

    func appending(key: String) -> YAMLContext {
        YAMLContext(issues: issues, path: path.isEmpty ? key : "\(path).\(key)")
    }

    func appending(index: Int) -> YAMLContext {
        YAMLContext(issues: issues, path: "\(path)[\(index)]")
    }
}
