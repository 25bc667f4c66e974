/// The negotiated format of the response to a scrape.
package enum ExpositionFormat: Sendable, Hashable {
    case text(contentType: String)
    case openMetrics(contentType: String)

    /// The format that every scraper understands.
    package static let fallback = text(contentType: "text/plain; version=0.0.4; charset=utf-8")

    package var contentType: String {
        switch self {
        case .text(let contentType), .openMetrics(let contentType): contentType
        }
    }

    package var isOpenMetrics: Bool {
        if case .openMetrics = self { true } else { false }
    }

    package func encode(_ families: [MetricFamily]) -> [UInt8] {
        switch self {
        case .text: TextFormat.encode(families)
        case .openMetrics: OpenMetricsFormat.encode(families)
        }
    }

    /// Chooses a format by the `Accept` header: the highest q-value among the formats that we can
    /// produce, the first of equals. Anything unreadable or unsupported falls back to text 0.0.4
    /// and is never an error, because a failed scrape would hide the agent.
    package static func negotiate(accept: String?) -> ExpositionFormat {
        let offers = (accept ?? "").split(separator: ",").prefix(maximumRanges)
            .compactMap { MediaRange($0) }
        var best: (quality: Double, format: ExpositionFormat)?
        for offer in offers where offer.quality > (best?.quality ?? 0) {
            if let format = format(for: offer) { best = (offer.quality, format) }
        }
        return best?.format ?? fallback
    }

    /// Limits the work that a hostile header can cause. Prometheus sends five ranges at most.
    private static let maximumRanges = 32

    private static func format(for range: MediaRange) -> ExpositionFormat? {
        let version = range.parameters["version"]
        switch range.type {
        case "application/openmetrics-text":
            let chosen = version ?? "1.0.0"
            guard ["0.0.1", "1.0.0"].contains(chosen) else { return nil }
            let type = "application/openmetrics-text; version=\(chosen); charset=utf-8"
            return .openMetrics(contentType: type + escaping(range, default: nil))
        case "text/plain":
            switch version {
            case nil, "0.0.4": return fallback
            case "1.0.0":
                let type = "text/plain; version=1.0.0; charset=utf-8"
                return .text(contentType: type + escaping(range, default: "underscores"))
            default: return nil
            }
        case "text/*", "*/*": return fallback
        default: return nil
        }
    }

    /// All our names are legacy names, so every escaping scheme yields the same bytes. The response
    /// only has to confirm the requested scheme.
    private static func escaping(_ range: MediaRange, default scheme: String?) -> String {
        let known: Set = ["allow-utf-8", "underscores", "dots", "values"]
        let asked = range.parameters["escaping"].flatMap { known.contains($0) ? $0 : nil }
        return (asked ?? scheme).map { "; escaping=\($0)" } ?? ""
    }
}

/// One element of an `Accept` header (RFC 9110, section 12.5.1).
struct MediaRange {
    let type: String
    /// Names are in lower case, values without quotes. `q` is not included.
    let parameters: [String: String]
    let quality: Double

    /// nil if the element is malformed or its q-value is outside 0...1.
    init?(_ text: Substring) {
        let parts = text.split(separator: ";").map(Self.trimmed)
        guard let type = parts.first, type.contains("/") else { return nil }
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() where !part.isEmpty {
            guard let equals = part.firstIndex(of: "=") else { return nil }
            let name = Self.trimmed(part[..<equals]).lowercased()
            var value = Self.trimmed(part[part.index(after: equals)...])
            if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") {
                value = value.dropFirst().dropLast()
            }
            parameters[name] = String(value)
        }
        var quality = 1.0
        if let text = parameters.removeValue(forKey: "q") {
            guard let number = Double(text), (0...1).contains(number) else { return nil }
            quality = number
        }
        self.type = type.lowercased()
        self.parameters = parameters
        self.quality = quality
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { $0 == " " || $0 == "\t" }
        guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return start[...last]
    }
}
