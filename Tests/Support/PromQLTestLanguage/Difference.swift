import PromQL
import Series

/// One line of a comparison between the expected and the actual result, as a report shows it.
struct Difference: Hashable, CustomStringConvertible {
    enum Side: String {
        case missing = "-"
        case unexpected = "+"
        case remark = " "
    }

    let side: Side
    let text: String

    var description: String { "\(side.rawValue) \(text)" }

    static func remark(_ text: String) -> Difference {
        Difference(side: .remark, text: text)
    }

    static func expected(_ text: String, got: String) -> [Difference] {
        [Difference(side: .missing, text: text), Difference(side: .unexpected, text: got)]
    }
}

extension Double {
    /// The number in the notation of the test language.
    var scriptText: String {
        if Staleness.isMarker(self) { return "stale" }
        if isNaN { return "NaN" }
        if isInfinite { return self < 0 ? "-Inf" : "+Inf" }
        let text = "\(self)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
