import Series
import StrictYAML

/// Reads a series as it is written: `up{job="a"}`, `{__name__="up"}`, `{"my.metric", job="a"}`.
struct SeriesName {
    private let text: String
    private var rest: ArraySlice<Unicode.Scalar>

    static func labels(_ text: String) throws(YAMLProblem) -> Labels {
        var reader = SeriesName(text)
        return Labels(try reader.read())
    }

    private init(_ text: String) {
        self.text = text
        rest = ArraySlice(text.unicodeScalars)
    }

    private mutating func read() throws(YAMLProblem) -> [(String, String)] {
        var pairs: [(String, String)] = []
        skipSpace()
        if let name = try name(allowingColon: true) { pairs.append((Labels.metricNameLabel, name)) }
        skipSpace()
        if take("{") {
            skipSpace()
            while !take("}") {
                pairs.append(try pair())
                skipSpace()
                if take("}") { break }
                guard take(",") else { throw problem("expected , or }") }
                skipSpace()
            }
        }
        skipSpace()
        guard rest.isEmpty else { throw problem("unexpected text after the series") }
        guard Set(pairs.map(\.0)).count == pairs.count else {
            throw problem("a label is set twice")
        }
        return pairs
    }

    private mutating func pair() throws(YAMLProblem) -> (String, String) {
        let isQuoted = rest.first == "\"" || rest.first == "'"
        guard let name = isQuoted ? try quotedText() : try name(allowingColon: false) else {
            throw problem("expected the name of a label")
        }
        skipSpace()
        guard take("=") else {
            // A quoted text alone is the name of the metric.
            if isQuoted { return (Labels.metricNameLabel, name) }
            throw problem("expected = after \(name)")
        }
        skipSpace()
        return (name, try quotedText())
    }

    private mutating func name(allowingColon: Bool) throws(YAMLProblem) -> String? {
        let end =
            rest.firstIndex {
                !($0.isASCII
                    && ($0.properties.isAlphabetic || $0 == "_" || $0 == ":" || ("0"..."9") ~= $0))
            }
            ?? rest.endIndex
        guard end > rest.startIndex else { return nil }
        let name = String(String.UnicodeScalarView(rest[..<end]))
        rest = rest[end...]
        guard allowingColon ? Labels.isLegacyMetricName(name) : Labels.isLegacyLabelName(name)
        else { throw problem("\(name) must be quoted") }
        return name
    }

    private mutating func quotedText() throws(YAMLProblem) -> String {
        guard let quote = rest.popFirst(), quote == "\"" || quote == "'" || quote == "`" else {
            throw problem("expected a text in quotes")
        }
        var end = rest.startIndex
        while end < rest.endIndex, rest[end] != quote {
            end += rest[end] == "\\" && quote != "`" ? 2 : 1
        }
        guard end < rest.endIndex else { throw problem("a quote is not closed") }
        let body = rest[..<end]
        rest = rest[(end + 1)...]
        if quote == "`" { return String(String.UnicodeScalarView(body)) }
        guard let value = GoLiteral.unescape(body, quote: quote) else {
            throw problem("unknown escape in a quoted text")
        }
        return value
    }

    private mutating func skipSpace() {
        while let next = rest.first, next.properties.isWhitespace { rest.removeFirst() }
    }

    private mutating func take(_ expected: Unicode.Scalar) -> Bool {
        guard rest.first == expected else { return false }
        rest.removeFirst()
        return true
    }

    private func problem(_ message: String) -> YAMLProblem {
        YAMLProblem("not a series: \(message): \(text.quotedForPromQL)")
    }
}
