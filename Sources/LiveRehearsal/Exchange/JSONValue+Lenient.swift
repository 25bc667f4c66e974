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
    var shortened: String { cut(to: 80) }

    /// At most so many bytes. One Character may have any number of them.
    func cut(to maximumBytes: Int) -> String {
        guard utf8.count > maximumBytes else { return self }
        var cut = String.UnicodeScalarView()
        var bytes = "…".utf8.count
        for scalar in unicodeScalars {
            bytes += String(scalar).utf8.count
            if bytes > maximumBytes { break }
            cut.append(scalar)
        }
        return String(cut) + "…"
    }
}

extension Duration {
    /// To the second, such as `2m10s`.
    var toTheSecond: String { Duration.seconds(components.seconds).text }
}
