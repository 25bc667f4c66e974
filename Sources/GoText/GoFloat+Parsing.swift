extension GoFloat {
    /// A number as Go's `strconv.ParseFloat` reads it, so that what Prometheus takes for a number
    /// and what it refuses are the same here: decimal digits with underscores between them, and
    /// hexadecimal digits only with a binary exponent (`0x1p4` but not `0x10`). Infinities and NaN
    /// are numbers. nil if it is none, or if it is out of range.
    package static func parse(_ text: String) -> Double? {
        let unsigned = text.hasPrefix("+") || text.hasPrefix("-") ? text.dropFirst() : text[...]
        switch unsigned.lowercased() {
        case "inf", "infinity": return text.hasPrefix("-") ? -.infinity : .infinity
        case "nan": return unsigned.utf8.count == text.utf8.count ? .nan : nil
        default: break
        }
        guard isNumber(Array(unsigned.utf8)), let value = Double(text.filter { $0 != "_" }),
            value.isFinite
        else { return nil }
        return value
    }

    private static func isNumber(_ bytes: [UInt8]) -> Bool {
        let isHexadecimal =
            bytes.starts(with: "0x".utf8) || bytes.starts(with: "0X".utf8)
        var scanner = NumberScanner(
            rest: bytes.dropFirst(isHexadecimal ? 2 : 0),
            // In Go's syntax the prefix counts as a digit before an underscore.
            lastWasDigit: isHexadecimal,
            isHexadecimal: isHexadecimal
        )
        guard scanner.mantissa() else { return false }
        return scanner.exponent() && scanner.rest.isEmpty
    }
}

private struct NumberScanner {
    var rest: ArraySlice<UInt8>
    var lastWasDigit: Bool
    let isHexadecimal: Bool

    /// Digits with at most one point, and at least one digit.
    mutating func mantissa() -> Bool {
        var count = 0
        guard digits(isHexadecimal, &count) else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            lastWasDigit = false
            guard digits(isHexadecimal, &count) else { return false }
        }
        return count > 0
    }

    /// A binary exponent is required, a decimal one is optional.
    mutating func exponent() -> Bool {
        let letters: [UInt8] =
            isHexadecimal
            ? [UInt8(ascii: "p"), UInt8(ascii: "P")] : [UInt8(ascii: "e"), UInt8(ascii: "E")]
        guard let first = rest.first, letters.contains(first) else { return !isHexadecimal }
        rest.removeFirst()
        lastWasDigit = false
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        var count = 0
        return digits(false, &count) && count > 0
    }

    /// Returns false if an underscore is not between digits.
    private mutating func digits(_ isHexadecimal: Bool, _ count: inout Int) -> Bool {
        while let byte = rest.first {
            if byte == UInt8(ascii: "_") {
                guard lastWasDigit else { return false }
                lastWasDigit = false
                rest.removeFirst()
                guard let next = rest.first, Self.isDigit(next, isHexadecimal) else { return false }
            } else if Self.isDigit(byte, isHexadecimal) {
                count += 1
                lastWasDigit = true
                rest.removeFirst()
            } else {
                break
            }
        }
        return true
    }

    private static func isDigit(_ byte: UInt8, _ isHexadecimal: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
            isHexadecimal
        default: false
        }
    }
}
