import GoText

/// Parsing of numbers, and printing where Go's formats do not apply.
enum NumberText {
    /// Parses a decimal, hexadecimal (`0x1f`), octal (`017`) or floating-point number, with
    /// underscores between digits, or `Inf` and `NaN` in any case. As in Prometheus, a leading zero
    /// means octal only if all digits are octal.
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
        // Swift parses a number out of range as infinity; Go rejects it.
        guard let value = Double(digits), value.isFinite else { return nil }
        return value
    }

    /// In the form of numeric label values in OpenMetrics: always with a point or an exponent.
    static func withPoint(_ value: Double) -> String {
        let text = GoFloat.format(value)
        guard value.isFinite, !text.contains(where: { $0 == "." || $0 == "e" }) else { return text }
        return text + ".0"
    }
}
