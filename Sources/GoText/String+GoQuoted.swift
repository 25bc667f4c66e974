extension String {
    /// The text in double quotes, escaped as by Go's `strconv.Quote` and the verb `%q`.
    package var goQuoted: String {
        var quoted = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case "\u{07}": quoted += "\\a"
            case "\u{08}": quoted += "\\b"
            case "\u{0b}": quoted += "\\v"
            case "\u{0c}": quoted += "\\f"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                quoted += "\\x" + scalar.hexadecimal(digits: 2)
            // Stands for bytes that were not UTF-8. Go's readers would take it for such bytes
            // again.
            case "\u{FFFD}": quoted += "\\ufffd"
            case _ where scalar.isPrintable: quoted.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x10000: quoted += "\\u" + scalar.hexadecimal(digits: 4)
            default: quoted += "\\U" + scalar.hexadecimal(digits: 8)
            }
        }
        return quoted + "\""
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
