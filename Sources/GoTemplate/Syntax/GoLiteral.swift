/// String and number literals of Go.
enum GoLiteral {
    /// Resolves the escapes of a quoted literal. Returns nil for an escape that Go does not have.
    static func unescape(
        _ scalars: ArraySlice<Unicode.Scalar>,
        quote: Unicode.Scalar
    ) -> String? {
        var bytes: [UInt8] = []
        var rest = scalars
        while let scalar = rest.popFirst() {
            guard scalar == "\\" else {
                bytes += String(scalar).utf8
                continue
            }
            guard let escape = rest.popFirst() else { return nil }
            switch escape {
            case "a": bytes.append(0x07)
            case "b": bytes.append(0x08)
            case "f": bytes.append(0x0C)
            case "n": bytes.append(0x0A)
            case "r": bytes.append(0x0D)
            case "t": bytes.append(0x09)
            case "v": bytes.append(0x0B)
            case "\\", quote: bytes += String(escape).utf8
            case "x":
                guard let value = number(&rest, digits: 2, radix: 16) else { return nil }
                bytes.append(UInt8(value))
            case "u", "U":
                guard let value = number(&rest, digits: escape == "u" ? 4 : 8, radix: 16),
                    let scalar = Unicode.Scalar(value)
                else { return nil }
                bytes += String(scalar).utf8
            case "0"..."7":
                guard let low = number(&rest, digits: 2, radix: 8),
                    let byte = UInt8(exactly: (escape.value - 48) * 64 + low)
                else { return nil }
                bytes.append(byte)
            default: return nil
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func number(
        _ rest: inout ArraySlice<Unicode.Scalar>,
        digits count: Int,
        radix: UInt32
    ) -> UInt32? {
        let digits = rest.prefix(count).compactMap { scalar in
            scalar.isASCII ? Character(scalar).hexDigitValue.map(UInt32.init) : nil
        }
        guard digits.count == count, digits.allSatisfy({ $0 < radix }) else { return nil }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * radix + $1 }
    }

    /// A decimal, hexadecimal (`0x`), octal (`0o` or a leading zero) or binary (`0b`) integer, with
    /// underscores between digits.
    static func integer(_ text: String) -> Int64? {
        let isNegative = text.hasPrefix("-")
        var digits = Substring(text)
        if let sign = digits.first, sign == "-" || sign == "+" { digits = digits.dropFirst() }
        var radix = 10
        if let (_, value) = [("0x", 16), ("0o", 8), ("0b", 2)].first(where: {
            digits.lowercased().hasPrefix($0.0)
        }) {
            radix = value
            digits = digits.dropFirst(2)
        } else if digits.hasPrefix("0"), digits.count > 1 {
            radix = 8
        }
        guard digits.first?.isHexDigit == true else { return nil }
        return Int64((isNegative ? "-" : "") + digits.filter { $0 != "_" }, radix: radix)
    }

    static func number(_ text: String) -> Double? {
        let plain = text.filter { $0 != "_" }
        guard let first = plain.first(where: { $0 != "-" && $0 != "+" }),
            first.isNumber || first == "."
        else { return nil }
        return Double(plain).flatMap { $0.isFinite ? $0 : nil }
    }
}
