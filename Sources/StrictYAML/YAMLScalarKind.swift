/// What an untagged plain scalar stands for where a program asks for no particular type: the rules
/// of YAML 1.2 with the numbers of YAML 1.1, as Go's YAML packages have them.
package enum YAMLScalarKind: Hashable, Sendable {
    case null, bool, int, float, string

    package init(_ text: String) {
        if Self.isNull(text) {
            self = .null
        } else if ["true", "True", "TRUE", "false", "False", "FALSE"].contains(text) {
            self = .bool
        } else if Self.isSpecialFloat(text) {
            self = .float
        } else {
            self = Self.number(Array(text.utf8)) ?? .string
        }
    }

    static func isNull(_ text: String) -> Bool {
        ["", "~", "null", "Null", "NULL"].contains(text)
    }

    private static func isSpecialFloat(_ text: String) -> Bool {
        let name = text.hasPrefix("+") || text.hasPrefix("-") ? text.dropFirst() : text[...]
        return [".inf", ".Inf", ".INF"].contains(name) || [".nan", ".NaN", ".NAN"].contains(text)
    }

    private static func number(_ text: [UInt8]) -> YAMLScalarKind? {
        guard text.first != UInt8(ascii: "_") else { return nil }
        var digits = text[...]
        if digits.first == UInt8(ascii: "+") || digits.first == UInt8(ascii: "-") {
            digits.removeFirst()
        }
        // Go removes every underscore from what begins with a digit or a sign.
        if digits.first != UInt8(ascii: ".") { digits.removeAll { $0 == UInt8(ascii: "_") } }
        guard let first = digits.first, isDigit(first) || first == UInt8(ascii: ".") else {
            return nil
        }
        if digits.allSatisfy(isDigit) { return .int }
        if first == UInt8(ascii: "0"), digits.count > 2 {
            let rest = digits.dropFirst(2)
            switch digits[digits.startIndex + 1] {
            case UInt8(ascii: "x"), UInt8(ascii: "X"):
                return rest.allSatisfy(isHexDigit) ? .int : nil
            case UInt8(ascii: "o"), UInt8(ascii: "O"):
                return rest.allSatisfy { (0x30...0x37).contains($0) } ? .int : nil
            case UInt8(ascii: "b"), UInt8(ascii: "B"):
                return rest.allSatisfy { $0 == 0x30 || $0 == 0x31 } ? .int : nil
            default: break
            }
        }
        return isDecimal(digits) ? .float : nil
    }

    /// `[0-9]*(\.[0-9]*)?([eE][-+]?[0-9]+)?` with at least one digit before the exponent.
    private static func isDecimal(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: isDigit)
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return false }
        if rest.isEmpty { return true }
        guard rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") else {
            return false
        }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") {
            rest = rest.dropFirst()
        }
        return !rest.isEmpty && rest.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }
}
