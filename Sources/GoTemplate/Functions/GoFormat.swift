import GoText

/// Go's package fmt for the values of templates.
enum GoFormat {
    /// `fmt.Sprint`: a space between two values if neither of them is a string.
    static func print(_ values: [TemplateValue]) throws(TemplateError) -> String {
        var result = BoundedText()
        var previousIsText = true
        for value in values {
            let isText = if case .string = value { true } else { false }
            if !result.text.isEmpty, !isText, !previousIsText { try result.append(" ") }
            if case .nothing = value {
                try result.append("<nil>")
            } else {
                try value.write(to: &result)
            }
            previousIsText = isText
        }
        return result.text
    }

    /// `fmt.Sprintln`.
    static func println(_ values: [TemplateValue]) throws(TemplateError) -> String {
        var result = BoundedText()
        for (index, value) in values.enumerated() {
            if index > 0 { try result.append(" ") }
            try value.write(to: &result)
        }
        try result.append("\n")
        return result.text
    }

    /// `fmt.Sprintf`. As in Go, a mismatch between verb and value is not an error but part of the
    /// result: `%!d(string=x)`.
    static func printf(
        _ format: String,
        _ values: [TemplateValue]
    ) throws(TemplateError) -> String {
        var result = BoundedText()
        var rest = Array(format.unicodeScalars)[...]
        var next = 0
        while let scalar = rest.popFirst() {
            guard scalar == "%" else {
                try result.append(String(scalar))
                continue
            }
            var directive = Directive(&rest)
            guard let verb = rest.popFirst() else {
                try result.append("%!(NOVERB)")
                break
            }
            if verb == "%" {
                try result.append("%")
            } else if values.indices.contains(next) {
                directive.verb = verb
                try result.append(directive.format(values[next]))
                next += 1
            } else {
                try result.append("%!\(verb)(MISSING)")
            }
        }
        guard next < values.count else { return result.text }
        try result.append("%!(EXTRA ")
        for (index, value) in values[next...].enumerated() {
            try result.append("\(index > 0 ? ", " : "")\(value.typeName)=")
            try value.write(to: &result)
        }
        try result.append(")")
        return result.text
    }

    private struct Directive {
        /// Limits width and precision: a template must not fill the memory with `%999999999d`.
        private static let maximumWidth = 256

        var flags: Set<Unicode.Scalar> = []
        var width = 0
        var precision: Int?
        var verb: Unicode.Scalar = "v"

        init(_ rest: inout ArraySlice<Unicode.Scalar>) {
            while let flag = rest.first, ["+", "-", "#", " ", "0"].contains(flag) {
                flags.insert(flag)
                rest.removeFirst()
            }
            width = Self.number(&rest) ?? 0
            if rest.first == "." {
                rest.removeFirst()
                precision = Self.number(&rest) ?? 0
            }
        }

        private static func number(_ rest: inout ArraySlice<Unicode.Scalar>) -> Int? {
            var value: Int?
            while let digit = rest.first, "0"..."9" ~= digit {
                value = min((value ?? 0) * 10 + Int(digit.value - 48), maximumWidth)
                rest.removeFirst()
            }
            return value
        }

        func format(_ value: TemplateValue) throws(TemplateError) -> String {
            if case .nothing = value {
                return verb == "v" ? pad("<nil>", isNumber: false) : "%!\(verb)(<nil>)"
            }
            guard let text = try text(of: value) else {
                var plain = self
                plain.verb = "v"
                let shown = try plain.text(of: value) ?? value.text
                return "%!\(verb)(\(value.typeName)=\(shown))"
            }
            return pad(text, isNumber: value.isNumeric)
        }

        /// Nil if the verb does not apply to the value.
        private func text(of value: TemplateValue) throws(TemplateError) -> String? {
            switch (verb, value) {
            case ("v", .number(let number)): float(number, .general)
            case ("v", .integer(let integer)): sign(digits(integer))
            case ("v", _): try whole(value)
            case ("T", _): value.typeName
            case ("t", .bool(let flag)): String(flag)
            case ("s", .string(let text)): cut(text)
            case ("q", .string(let text)): cut(text).goQuoted
            case ("x", .string(let text)): hexadecimal(text, uppercase: false)
            case ("X", .string(let text)): hexadecimal(text, uppercase: true)
            case ("s", .labels), ("s", .list), ("s", .map), ("s", .time), ("s", .duration):
                try whole(value)
            case ("d", .integer(let integer)): sign(digits(integer))
            case ("d", .duration(let nanoseconds)): sign(String(nanoseconds))
            case ("x", .integer(let integer)): sign(String(integer, radix: 16))
            case ("X", .integer(let integer)): sign(String(integer, radix: 16, uppercase: true))
            case ("o", .integer(let integer)): sign(String(integer, radix: 8))
            case ("b", .integer(let integer)): sign(String(integer, radix: 2))
            case ("c", .integer(let integer)): character(integer)
            case ("U", .integer(let integer)): codePoint(integer)
            case ("f", .number(let number)), ("F", .number(let number)): float(number, .fixed)
            case ("e", .number(let number)): float(number, .scientific)
            case ("E", .number(let number)): float(number, .scientific).uppercased()
            case ("g", .number(let number)): float(number, .general)
            case ("G", .number(let number)): float(number, .general).uppercased()
            default: nil
            }
        }

        private func whole(_ value: TemplateValue) throws(TemplateError) -> String {
            var result = BoundedText()
            try value.write(to: &result)
            return result.text
        }

        private func float(_ value: Double, _ style: GoFloat.Style) -> String {
            let precision = style == .general ? precision : precision ?? 6
            let text = GoFloat.format(value, style, precision: precision)
            // +Inf already has its sign, which Go prints even where none was asked for.
            return value == .infinity ? text : sign(text)
        }

        /// The precision is the least number of digits.
        private func digits(_ value: Int64) -> String {
            let text = String(value.magnitude)
            let zeros = String(repeating: "0", count: max(0, (precision ?? 0) - text.utf8.count))
            return (value < 0 ? "-" : "") + zeros + text
        }

        private func sign(_ text: String) -> String {
            guard !text.hasPrefix("-"), !text.hasPrefix("+") else { return text }
            return flags.contains("+") ? "+" + text : flags.contains(" ") ? " " + text : text
        }

        private func cut(_ text: String) -> String {
            guard let precision else { return text }
            return String(String.UnicodeScalarView(text.unicodeScalars.prefix(precision)))
        }

        private func hexadecimal(_ text: String, uppercase: Bool) -> String {
            text.utf8.map {
                ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: uppercase)
            }.joined()
        }

        private func character(_ value: Int64) -> String {
            String(UInt32(exactly: value).flatMap(Unicode.Scalar.init) ?? "\u{FFFD}")
        }

        private func codePoint(_ value: Int64) -> String {
            let digits = String(value, radix: 16, uppercase: true)
            return "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
        }

        private func pad(_ text: String, isNumber: Bool) -> String {
            let missing = width - text.unicodeScalars.count
            guard missing > 0 else { return text }
            if flags.contains("-") { return text + String(repeating: " ", count: missing) }
            guard flags.contains("0"), isNumber else {
                return String(repeating: " ", count: missing) + text
            }
            let sign = text.prefix { $0 == "-" || $0 == "+" }
            return sign + String(repeating: "0", count: missing) + text.dropFirst(sign.count)
        }
    }
}

extension TemplateValue {
    fileprivate var isNumeric: Bool {
        switch self {
        case .number(let value): value.isFinite
        case .integer: true
        default: false
        }
    }
}
