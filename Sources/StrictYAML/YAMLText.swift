/// The text of a file as Unicode scalars, without a byte order mark.
struct YAMLText {
    private var scalars: [Unicode.Scalar]

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        // A byte order mark is allowed only at the start, and is not part of the text.
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    }

    var text: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// Reports characters outside the printable set of YAML 1.2, section 5.1. They must be escaped
    /// in a double-quoted scalar.
    func reportForbiddenCharacters(to issues: YAMLIssueList) {
        var line = 1
        var lineStart = 0
        for (offset, scalar) in scalars.enumerated() {
            if !Self.isAllowed(scalar) {
                let name = String(scalar.value, radix: 16, uppercase: true)
                let padded = String(repeating: "0", count: max(0, 4 - name.count)) + name
                issues.report(
                    "character U+\(padded) is not allowed in YAML",
                    at: YAMLMark(line: line, column: offset - lineStart + 1)
                )
            }
            if isLineEnd(at: offset) {
                line += 1
                lineStart = offset + 1
            }
        }
    }

    /// Line ends as libyaml counts them: `\r\n` is one.
    private func isLineEnd(at offset: Int) -> Bool {
        switch scalars[offset] {
        case "\n", "\u{85}", "\u{2028}", "\u{2029}": true
        case "\r": !(offset + 1 < scalars.count && scalars[offset + 1] == "\n")
        default: false
        }
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0x10000...0x10FFFF: true
        case 0xE000...0xFFFD: scalar.value != 0xFEFF
        default: false
        }
    }
}
