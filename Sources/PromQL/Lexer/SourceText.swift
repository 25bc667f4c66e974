import GoText

/// A position in the text of an expression. Line and column start at 1; columns count bytes of
/// UTF-8.
package struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static let start = SourcePosition(line: 1, column: 1)

    package var description: String { "\(line):\(column)" }
}

/// The position at which a node starts in its source text.
///
/// All origins compare equal: expressions are equal regardless of their position.
package struct SourceOrigin: Hashable, Sendable {
    package let position: SourcePosition

    package init(_ position: SourcePosition = .start) {
        self.position = position
    }

    package static func == (left: SourceOrigin, right: SourceOrigin) -> Bool { true }
    package func hash(into hasher: inout Hasher) {}
}

/// The text of an expression as bytes.
struct SourceText: Sendable {
    let bytes: [UInt8]
    private let lineStarts: [Int]

    init(_ text: String) {
        bytes = Array(text.utf8)
        let breaks = bytes.enumerated().filter { $0.element == UInt8(ascii: "\n") }
        lineStarts = [0] + breaks.map { $0.offset + 1 }
    }

    func position(of offset: Int) -> SourcePosition {
        // Binary search for the last line that starts at or before the offset.
        var (line, end) = (0, lineStarts.count)
        while end - line > 1 {
            let middle = (line + end) / 2
            if lineStarts[middle] <= offset { line = middle } else { end = middle }
        }
        return SourcePosition(line: line + 1, column: offset - lineStarts[line] + 1)
    }

    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    /// The scalar that starts at an offset, or nil at the end.
    func scalar(at offset: Int) -> Unicode.Scalar? {
        guard offset < bytes.count else { return nil }
        return text(offset..<min(offset + 4, bytes.count)).unicodeScalars.first
    }
}

extension Unicode.Scalar {
    /// In single quotes, like Go's `%q` for a rune.
    var quotedAsRune: String {
        switch self {
        case "'": return "'\\''"
        case "\"": return "'\"'"
        default: return "'\(String(self).goEscaped)'"
        }
    }

    /// Like Go's `%#U`: `U+0071 'q'`.
    var codePointDescription: String {
        let digits = String(value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
            + " '\(self)'"
    }
}
