import JSON
import Time

extension JSONValue {
    /// The first of these members that holds text, shortened: it is quoted in reports.
    func shortText(_ names: String...) -> String? {
        for name in names {
            guard let value = self[name] else { continue }
            let text = value.stringValue ?? value.integerValue.map { "\($0)" } ?? ""
            if !text.isEmpty { return text.shortened }
        }
        return nil
    }

    /// The error code of an answer; nil if it is missing or blank.
    var errorCode: String? { shortText("errorCode", "error_code", "errCode") }

    var memberNames: [String] { (objectValue ?? []).map(\.name) }
}

extension String {
    /// Enough to recognize what the service sent.
    var shortened: String {
        let longest = 80
        return utf8.count <= longest ? self : String(prefix(longest - 1)) + "…"
    }
}

extension Duration {
    /// To the second, such as `2m10s`.
    var toTheSecond: String { Duration.seconds(components.seconds).text }
}
