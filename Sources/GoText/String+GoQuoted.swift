extension String {
    /// The text in double quotes, escaped as by Go's `strconv.Quote` and the verb `%q`.
    package var goQuoted: String { "\"\(goEscaped)\"" }

    /// The same without the quotes, which form one character with a combining mark at the start.
    package var goEscaped: String {
        var escaped = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": escaped += "\\\""
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\t": escaped += "\\t"
            case "\r": escaped += "\\r"
            case "\u{07}": escaped += "\\a"
            case "\u{08}": escaped += "\\b"
            case "\u{0b}": escaped += "\\v"
            case "\u{0c}": escaped += "\\f"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                escaped += "\\x" + scalar.hexadecimal(digits: 2)
            // Stands for bytes that were not UTF-8. Go's readers would take it for such bytes
            // again.
            case "\u{FFFD}": escaped += "\\ufffd"
            case _ where scalar.isPrintable: escaped.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x10000: escaped += "\\u" + scalar.hexadecimal(digits: 4)
            default: escaped += "\\U" + scalar.hexadecimal(digits: 8)
            }
        }
        return escaped
    }
}

extension Unicode.Scalar {
    /// Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII space.
    fileprivate var isPrintable: Bool {
        if self == " " { return true }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator,
            .lineSeparator, .paragraphSeparator:
            return false
        default:
            return true
        }
    }

    fileprivate func hexadecimal(digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
