import GoText
import Time

/// A moment as people write it in a filter: how long ago, such as `24h`; a date; a date and a time,
/// in UTC unless a zone is given; or Unix seconds.
struct MomentFilter: Sendable, Hashable {
    var text: String

    init(_ text: String = "") {
        self.text = text
    }

    var isEmpty: Bool { text.isEmpty }

    /// nil if there is none, or if it cannot be read.
    func moment(_ now: Timestamp) -> Timestamp? {
        let word = String(text.drop { $0 == " " }).replacingSpace
        guard !word.isEmpty else { return nil }
        if let age = try? PrometheusDuration.parse(word) { return now - age }
        if let date = CivilDate(word) { return Timestamp(startOf: date) }
        if let seconds = GoFloat.parse(word) {
            return seconds.isFinite ? Timestamp(seconds: seconds) : nil
        }
        return [word, word + "Z", word + ":00Z"].lazy.compactMap { Timestamp(rfc3339: $0) }.first
    }

    /// nil if it is empty or can be read.
    func problem(_ name: String) -> String? {
        guard !text.isEmpty, moment(Timestamp(milliseconds: 0)) == nil else { return nil }
        return "\(name): “\(text)” is not a time. Use 24h, 2026-01-31 or 2026-01-31T06:00."
    }
}

extension String {
    /// `2026-01-31 06:00` as `2026-01-31T06:00`, without spaces at the end.
    fileprivate var replacingSpace: String {
        let words = split(separator: " ")
        return words.joined(separator: "T")
    }
}
