extension Labels: CustomStringConvertible {
    /// PromQL form without a name before the braces: `{__name__="up", job="a"}`.
    package var description: String {
        Labels.braced(self)
    }

    /// As a series is written: the metric name first, `up{job="a"}`; without labels the name alone.
    package var seriesDescription: String {
        let name = metricName
        guard Labels.isLegacyMetricName(name) else { return description }
        let others = removingMetricName()
        return others.isEmpty ? name : name + Labels.braced(others)
    }

    private static func braced(_ labels: Labels) -> String {
        let inner = labels.map { label in
            let name = isLegacyLabelName(label.name) ? label.name : label.name.quotedForPromQL
            return "\(name)=\(label.value.quotedForPromQL)"
        }
        return "{" + inner.joined(separator: ", ") + "}"
    }

    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`: may stand in front of the braces unquoted.
    package static func isLegacyMetricName(_ name: String) -> Bool {
        isName(name, allowingColon: true)
    }

    /// `[a-zA-Z_][a-zA-Z0-9_]*`: may stand inside the braces unquoted.
    package static func isLegacyLabelName(_ name: String) -> Bool {
        isName(name, allowingColon: false)
    }

    private static func isName(_ name: String, allowingColon: Bool) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "_"): true
            case UInt8(ascii: ":"): allowingColon
            default: false
            }
        }
    }
}

extension String {
    /// In double quotes, escaped as Go's `%q` does: what Prometheus prints for strings.
    package var quotedForPromQL: String {
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
            // Stands for bytes that were no text; raw, a reader would take it for such bytes again.
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
    /// Go's unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space.
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
