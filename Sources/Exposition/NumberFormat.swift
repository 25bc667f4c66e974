/// Numbers as Go's `strconv` formats them with the verb `g` and the shortest precision that reads
/// back the same. This is the form that Prometheus' own libraries and tools produce, so every
/// parser accepts it.
enum NumberFormat {
    /// The smallest magnitude that is written in exponential form.
    private static let exponentialFrom = 1e6
    /// 2^53. Every smaller integer is exact as a `Double`, so its decimal digits are already the
    /// shortest.
    private static let exactIntegers = 9_007_199_254_740_992.0
    private static let zero = UInt8(ascii: "0")
    private static let point = UInt8(ascii: ".")

    /// `1`, `0.25`, `1.5e+06`, `NaN`, `+Inf`.
    static func append(_ value: Double, to bytes: inout [UInt8]) {
        guard value.isFinite else { return appendNonFinite(value, to: &bytes) }
        let magnitude = value.magnitude
        if value.sign == .minus { bytes.append(UInt8(ascii: "-")) }
        guard magnitude < exactIntegers, magnitude == magnitude.rounded(.towardZero) else {
            return appendDescription(of: magnitude, to: &bytes)
        }
        let start = bytes.count
        append(UInt64(magnitude), to: &bytes)
        if magnitude >= exponentialFrom { makeExponential(&bytes, from: start) }
    }

    /// Like `append`, but a whole number gets a fraction: `1.0`. OpenMetrics requires this for
    /// values. It is used for `le` in both formats, because `le="1"` and `le="1.0"` would be two
    /// series.
    static func appendFloat(_ value: Double, to bytes: inout [UInt8]) {
        let start = bytes.count
        append(value, to: &bytes)
        let isInteger = bytes[start...].allSatisfy { $0 <= UInt8(ascii: "9") && $0 != point }
        if value.isFinite && isInteger { bytes += [point, zero] }
    }

    static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        guard value >= 10 else { return bytes.append(zero + UInt8(value)) }
        let start = bytes.count
        var rest = value
        while rest > 0 {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            bytes.append(zero + UInt8(digit))
            rest = quotient
        }
        bytes[start...].reverse()
    }

    private static func appendNonFinite(_ value: Double, to bytes: inout [UInt8]) {
        let text = value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf"
        bytes += text.utf8
    }

    /// Swift prints the same shortest digits as Go. The two languages differ only in when they
    /// switch to the exponential form.
    private static func appendDescription(of magnitude: Double, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes += magnitude.description.utf8
        let isExponential = bytes[start...].contains(UInt8(ascii: "e"))
        if magnitude >= exponentialFrom && !isExponential { makeExponential(&bytes, from: start) }
    }

    /// Rewrites the decimal number at the end of `bytes` from `1234500.5` to `1.2345005e+06`.
    private static func makeExponential(_ bytes: inout [UInt8], from start: Int) {
        let end = bytes[start...].firstIndex(of: point) ?? bytes.count
        let exponent = end - start - 1
        if end < bytes.count { bytes.remove(at: end) }
        while bytes.count > start + 1, bytes.last == zero { bytes.removeLast() }
        if bytes.count > start + 1 { bytes.insert(point, at: start + 1) }
        bytes += "e+".utf8
        if exponent < 10 { bytes.append(zero) }
        append(UInt64(exponent), to: &bytes)
    }
}
