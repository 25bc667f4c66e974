// GoText owns the text forms of Go's package strconv: quoted strings and floating-point numbers.
//
// Prometheus prints both in error messages, labels, annotations and JSON, and users compare those
// byte for byte. So nothing here may follow Swift's taste; a difference from Go is a bug. What a
// text means (a label, a literal of PromQL, a sample) is up to the callers.

/// Floating-point numbers as Go's `strconv.FormatFloat` prints them.
package enum GoFloat {
    package enum Style: Sendable {
        /// `%e`: 1.5e+06
        case scientific
        /// `%f`: 1500000
        case fixed
        /// `%g`: scientific for exponents below -4 or not below the precision (6 if there is none),
        /// otherwise fixed.
        case general
    }

    /// - Parameter precision: the number of digits after the point, for `.general` of significant
    ///   digits. Nil means the fewest digits that read back as the same number.
    package static func format(
        _ value: Double,
        _ style: Style = .general,
        precision: Int? = nil
    ) -> String {
        guard !value.isNaN else { return "NaN" }
        guard value.isFinite else { return value < 0 ? "-Inf" : "+Inf" }
        return (value.sign == .minus ? "-" : "") + magnitude(of: value, style, precision)
    }

    private static func magnitude(of value: Double, _ style: Style, _ precision: Int?) -> String {
        guard let precision else {
            let decimal = DecimalExpansion(shortest: value)
            return text(of: decimal, isScientific(decimal, style, limit: 6))
        }
        let exact = DecimalExpansion(exactly: value)
        switch style {
        case .scientific:
            return scientific(exact.rounded(toDigits: precision + 1), digits: precision + 1)
        case .fixed:
            return fixed(exact.rounded(toDigits: exact.exponent + precision), decimals: precision)
        case .general:
            let decimal = exact.rounded(toDigits: max(precision, 1))
            let count = decimal.digits.count
            let needsAllDigits = max(precision, 1) > count && count >= decimal.exponent
            let limit = needsAllDigits ? count : max(precision, 1)
            return text(of: decimal, isScientific(decimal, style, limit: limit))
        }
    }

    private static func isScientific(
        _ decimal: DecimalExpansion,
        _ style: Style,
        limit: Int
    ) -> Bool {
        switch style {
        case .scientific: true
        case .fixed: false
        case .general:
            !decimal.digits.isEmpty && (decimal.exponent < -3 || decimal.exponent > limit)
        }
    }

    private static func text(of decimal: DecimalExpansion, _ isScientific: Bool) -> String {
        let count = decimal.digits.count
        return isScientific
            ? scientific(decimal, digits: max(count, 1))
            : fixed(decimal, decimals: max(count - decimal.exponent, 0))
    }

    private static func fixed(_ decimal: DecimalExpansion, decimals: Int) -> String {
        var text = ""
        for index in 0..<max(decimal.exponent, 0) { text += String(decimal[index]) }
        if text.isEmpty { text = "0" }
        guard decimals > 0 else { return text }
        text += "."
        for index in 0..<decimals { text += String(decimal[decimal.exponent + index]) }
        return text
    }

    private static func scientific(_ decimal: DecimalExpansion, digits: Int) -> String {
        var text = String(decimal[0])
        if digits > 1 {
            text += "."
            for index in 1..<digits { text += String(decimal[index]) }
        }
        let exponent = decimal.digits.isEmpty ? 0 : decimal.exponent - 1
        let magnitude = String(abs(exponent))
        return text + (exponent < 0 ? "e-" : "e+") + (magnitude.count < 2 ? "0" : "") + magnitude
    }
}
