import GoText
import Series
import Time

/// Writes JSON byte for byte as Prometheus does. Values are appended in order; the writer adds the
/// commas.
struct PrometheusJSON {
    private(set) var bytes: [UInt8] = []
    private var placeholderIndex: Int?

    mutating func object(_ members: (inout PrometheusJSON) -> Void) {
        separate()
        raw("{")
        members(&self)
        raw("}")
    }

    mutating func array<Elements: Sequence>(
        _ elements: Elements,
        _ write: (inout PrometheusJSON, Elements.Element) -> Void
    ) {
        separate()
        raw("[")
        for element in elements { write(&self, element) }
        raw("]")
    }

    mutating func member(_ name: String, _ value: (inout PrometheusJSON) -> Void) {
        string(name)
        raw(":")
        value(&self)
    }

    mutating func member(_ name: String, _ value: String) {
        member(name) { $0.string(value) }
    }

    mutating func strings(_ texts: [String]) {
        array(texts) { $0.string($1) }
    }

    // MARK: Text

    /// Prometheus escapes `<`, `>` and `&` as Go's `encoding/json` does, but not in label sets. In
    /// contrast to Prometheus, characters that are unsafe to show are escapes too.
    mutating func string(_ text: String, escapesMarkup: Bool = true) {
        separate()
        raw("\"")
        if text.utf8.allSatisfy({ $0 < 0x7F }) {
            write(text.utf8, escapesMarkup)
        } else {
            for scalar in text.unicodeScalars {
                if scalar.value >= 0x7F, scalar.isUnsafeToShow {
                    raw(scalar.unicodeEscape)
                } else {
                    write(scalar.utf8, escapesMarkup)
                }
            }
        }
        raw("\"")
    }

    private mutating func write(_ text: some Sequence<UInt8>, _ escapesMarkup: Bool) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""): raw("\\\"")
            case UInt8(ascii: "\\"): raw("\\\\")
            case UInt8(ascii: "\n"): raw("\\n")
            case UInt8(ascii: "\r"): raw("\\r")
            case UInt8(ascii: "\t"): raw("\\t")
            case 0..<0x20: escape(byte)
            case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
                if escapesMarkup { escape(byte) } else { bytes.append(byte) }
            default: bytes.append(byte)
            }
        }
    }

    private mutating func escape(_ byte: UInt8) {
        raw(byte < 0x10 ? "\\u000" : "\\u00")
        raw(String(byte, radix: 16))
    }

    mutating func labels(_ labels: Labels) {
        object { json in
            for (name, value) in labels {
                json.string(name, escapesMarkup: false)
                json.raw(":")
                json.string(value, escapesMarkup: false)
            }
        }
    }

    // MARK: Numbers

    /// Seconds with three decimals, or without decimals for a whole number.
    private mutating func timestamp(_ time: Timestamp) {
        let (seconds, rest) = time.milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
        if time.milliseconds < 0 { raw("-") }
        raw(String(seconds))
        if rest > 0 { raw("." + String(1000 + rest).dropFirst()) }
    }

    mutating func null() {
        separate()
        raw("null")
    }

    mutating func integer(_ value: Int) {
        separate()
        raw(String(value))
    }

    /// A number as Go's `encoding/json` writes it. Must be finite.
    mutating func number(_ value: Double) {
        separate()
        raw(Self.text(of: value))
    }

    /// A point of a vector or a series: `[1435781451.500,"1"]`.
    mutating func point(_ time: Timestamp, _ value: Double) {
        separate()
        raw("[")
        timestamp(time)
        raw(",\"")
        raw(Self.text(of: value))
        raw("\"]")
    }

    /// A scalar or a string, whose time is formatted as a plain number: `[1435781451.5,"1"]`.
    mutating func point(_ time: Timestamp, _ text: String) {
        separate()
        raw("[")
        number(time.seconds)
        string(text)
        raw("]")
    }

    /// The shortest representation that parses to the same number, with an exponent only for very
    /// small and very large magnitudes, as in Go.
    static func text(of value: Double) -> String {
        guard value.isFinite else { return GoFloat.format(value) }
        // Fast paths: most values are whole numbers, and Swift's digits are the same wherever it
        // writes no exponent.
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53, value != 0 {
            return String(whole)
        }
        let magnitude = value.magnitude
        if magnitude >= 1e-3, magnitude < 1e15 { return value.description }
        let isExtreme = magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21)
        return GoFloat.format(value, isExtreme ? .scientific : .fixed)
    }

    // MARK: Structure

    /// Marks where elements belong that are encoded apart. Written at most once.
    mutating func placeholder() {
        separate()
        placeholderIndex = bytes.count
    }

    /// The text before and after the placeholder.
    var aroundPlaceholder: (head: [UInt8], tail: [UInt8]) {
        let index = placeholderIndex ?? bytes.count
        return (Array(bytes[..<index]), Array(bytes[index...]))
    }

    mutating func raw(_ text: some StringProtocol) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func separate() {
        switch bytes.last {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"): break
        default: raw(",")
        }
    }
}
