/// Numbers as the language reads and writes them, which is as Go does.
enum NumberText {
    /// Decimal, `0x` hexadecimal, octal after a leading zero where that is possible, `1_000`,
    /// floating point, `Inf` and `NaN` in any case.
    static func value(of text: String) -> Double? {
        switch text.lowercased() {
        case "inf", "+inf": return .infinity
        case "-inf": return -.infinity
        case "nan": return .nan
        default: break
        }
        let digits = text.filter { $0 != "_" }
        if digits.hasPrefix("0x") || digits.hasPrefix("0X") {
            return Int64(digits.dropFirst(2), radix: 16).map(Double.init)
        }
        if digits.utf8.count > 1, digits.hasPrefix("0"), let octal = Int64(digits, radix: 8) {
            return Double(octal)
        }
        if let integer = Int64(digits) { return Double(integer) }
        // A number too large for a Double reads as infinity in Swift, as an error in Go.
        guard let value = Double(digits), value.isFinite else { return nil }
        return value
    }

    /// The shortest digits that read back as the same number, without exponent.
    static func plain(_ value: Double) -> String {
        guard value.isFinite else { return special(value) }
        return ShortestDecimal(value).plainText
    }

    /// As `%g` and `%v` in Go: with exponent when that is below -4 or above 5.
    static func general(_ value: Double) -> String {
        guard value.isFinite else { return special(value) }
        return ShortestDecimal(value).generalText
    }

    /// As OpenMetrics writes label values that are numbers: always with a point or an exponent.
    static func withPoint(_ value: Double) -> String {
        let text = general(value)
        guard value.isFinite, !text.contains(where: { $0 == "." || $0 == "e" }) else { return text }
        return text + ".0"
    }

    private static func special(_ value: Double) -> String {
        value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf"
    }
}

/// The shortest decimal digits of a finite number: `0.digits × 10^exponent`.
private struct ShortestDecimal {
    private var isNegative: Bool
    /// ASCII, no leading or trailing zeros; empty for zero.
    private var digits: [UInt8] = []
    private var exponent = 0

    init(_ value: Double) {
        isNegative = value.sign == .minus
        // Swift prints the shortest digits too, only arranges them differently.
        let parts = "\(value.magnitude)".split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        exponent = mantissa[0].utf8.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        digits = Array((mantissa[0] + fraction).utf8)
        let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(leading)
        exponent -= leading
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    }

    private var sign: String { isNegative ? "-" : "" }

    var plainText: String {
        guard !digits.isEmpty else { return sign + "0" }
        if exponent <= 0 {
            return sign + "0." + String(repeating: "0", count: -exponent) + text(digits[...])
        }
        if exponent >= digits.count {
            return sign + text(digits[...])
                + String(repeating: "0", count: exponent - digits.count)
        }
        return sign + text(digits[..<exponent]) + "." + text(digits[exponent...])
    }

    var generalText: String {
        let power = exponent - 1
        guard !digits.isEmpty, power < -4 || power >= 6 else { return plainText }
        let fraction = digits.count > 1 ? "." + text(digits[1...]) : ""
        let shownPower = "\(power.magnitude)"
        return sign + text(digits[..<1]) + fraction + "e" + (power < 0 ? "-" : "+")
            + (shownPower.utf8.count < 2 ? "0" : "") + shownPower
    }

    private func text(_ digits: ArraySlice<UInt8>) -> String {
        String(decoding: digits, as: UTF8.self)
    }
}
