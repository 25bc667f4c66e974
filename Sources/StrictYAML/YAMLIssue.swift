/// A position in a text file. Lines and columns start at 1; columns count Unicode scalars.
package struct YAMLMark: Hashable, Comparable, Sendable {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static let start = YAMLMark(line: 1, column: 1)

    package static func < (left: YAMLMark, right: YAMLMark) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// An error or a warning at one position of a file.
package struct YAMLIssue: Hashable, Sendable, CustomStringConvertible {
    package enum Severity: Hashable, Sendable {
        /// The file cannot be used.
        case error
        /// The file can be used, but probably does not mean what its author intends.
        case warning
    }

    package let file: String
    package let mark: YAMLMark
    package let message: String
    package let severity: Severity

    /// What is longer is cut: a message may quote a scalar as long as the file.
    private static let longestMessage = 2_000

    package init(file: String, mark: YAMLMark, message: String, severity: Severity = .error) {
        self.file = file
        self.mark = mark
        self.message = Self.cut(message)
        self.severity = severity
    }

    private static func cut(_ message: String) -> String {
        // No character has more bytes than that of the whole message.
        guard message.utf8.count > longestMessage,
            message.unicodeScalars.count > longestMessage
        else { return message }
        return String(message.unicodeScalars.prefix(longestMessage)) + "\u{2026}"
    }

    package var line: Int { mark.line }
    package var column: Int { mark.column }

    /// `file:line:column: message`, the format that editors and terminals turn into a link.
    package var description: String {
        "\(file):\(mark.line):\(mark.column): \(severity == .warning ? "warning: " : "")\(message)"
    }
}

extension Sequence<YAMLIssue> {
    /// Whether any of the issues makes the file unusable.
    package var containsErrors: Bool { contains { $0.severity == .error } }
}
