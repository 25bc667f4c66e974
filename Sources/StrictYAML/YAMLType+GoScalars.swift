// Scalars as Go's YAML packages decode them into fields of Prometheus' files. A number needs no
// particular form there, but text that only looks like a number is an error.

extension YAMLType {
    /// A plain scalar that `convert` accepts; nothing else is one of that kind.
    private static func plain(
        _ name: String,
        placeholder: Value,
        _ convert: @escaping (String) -> Value?
    ) -> YAMLType where Value: Sendable {
        YAMLType(name: name, placeholder: placeholder) { node, context in
            if case .scalar(let text, isPlain: true) = node.content, let value = convert(text) {
                return value
            }
            context.report("expected \(name), found \(node.kind)", at: node.mark)
            return nil
        }
    }
}

extension YAMLType where Value == Double {
    /// A number in any form of YAML, `.inf` and `.nan` included.
    package static var goFloat: YAMLType {
        plain("a number", placeholder: 0) { GoScalar.number($0) }
    }
}

extension YAMLType where Value == Int {
    /// A number in any form of YAML. Go cuts off a fraction.
    package static var goInt: YAMLType {
        plain("a whole number", placeholder: 0) { text in
            GoScalar.integer(text)
                ?? GoScalar.number(text).flatMap {
                    Int(exactly: $0.rounded(.towardZero))
                }
        }
    }
}

extension YAMLType where Value == Bool {
    /// `true` or `false`, or the words for them of YAML 1.1, such as `yes` and `off`.
    package static var goBool: YAMLType {
        plain("true or false", placeholder: false) { text in
            // In lower case, in upper case or capitalized, but not in a mixture.
            let rest = text.dropFirst()
            guard rest == rest.lowercased()[...] || text == text.uppercased() else { return nil }
            switch text.lowercased() {
            case "true", "yes", "on", "y": return true
            case "false", "no", "off", "n": return false
            default: return nil
            }
        }
    }
}

/// Numbers as Go's YAML packages resolve plain scalars.
private enum GoScalar {
    static func number(_ text: String) -> Double? {
        switch YAMLScalarKind(text) {
        case .int:
            if let value = integer(text) { return Double(value) }
            return Double(text.filter { $0 != "_" })
        case .float:
            switch text.lowercased() {
            case ".inf", "+.inf": return .infinity
            case "-.inf": return -.infinity
            case ".nan": return .nan
            default: break
            }
            // Go refuses what no finite number can hold.
            return Double(text.filter { $0 != "_" }).flatMap { $0.isFinite ? $0 : nil }
        case .null, .bool, .string: return nil
        }
    }

    static func integer(_ text: String) -> Int? {
        guard YAMLScalarKind(text) == .int else { return nil }
        var digits = text.filter { $0 != "_" }[...]
        let isNegative = digits.hasPrefix("-")
        if isNegative || digits.hasPrefix("+") { digits = digits.dropFirst() }
        var radix = 10
        if digits.hasPrefix("0"), digits.count > 1 {
            switch digits.dropFirst().first {
            case "x", "X": radix = 16
            case "o", "O": radix = 8
            case "b", "B": radix = 2
            default: break
            }
            if radix != 10 {
                digits = digits.dropFirst(2)
            } else if digits.utf8.allSatisfy({ (0x30...0x37).contains($0) }) {
                // A leading zero makes the number octal, unless 8 or 9 show that it is not.
                radix = 8
            }
        }
        return Int((isNegative ? "-" : "") + digits, radix: radix)
    }
}
