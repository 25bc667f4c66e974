import GoText
package import Series

/// A series and its values in the notation of tests: `up{job="a"} 1 1 0+1x10 _ stale` (Prometheus
/// promql/promqltest/README.md, "Series notation").
///
/// Histograms (`{{...}}`) are recognized but not decoded: only floating-point samples exist here.
package struct SeriesNotation: Hashable, Sendable {
    package enum Value: Sendable {
        /// No sample at this time.
        case gap
        /// A number, which may be the staleness marker.
        case number(Double)
        case histogram
    }

    /// The maximum number of values in a series that is expanded.
    package static let maximumValues = 1_000_000

    package let labels: Labels
    /// One value per interval, starting at time 0.
    package let values: [Value]
    /// Whether the line gives start timestamps (`up@st -1m`) instead of values.
    package let givesStartTimestamps: Bool

    package static func parse(_ text: String) throws(SeriesNotationError) -> SeriesNotation {
        let (description, rest) = split(text)
        var name = description
        let givesStartTimestamps = name.hasSuffix("@st")
        if givesStartTimestamps { name.removeLast(3) }
        let labels: Labels
        do {
            labels = try Expression.parseSeries(String(name))
        } catch {
            throw SeriesNotationError(message: error.message, column: error.column)
        }
        var values: [Value] = []
        if !givesStartTimestamps {
            let offset = description.utf8.count
            let all = try SeriesValueReader.values(of: rest, precededBy: offset)
            guard all.count <= maximumValues else {
                throw SeriesNotationError(
                    message: "more than \(maximumValues) values",
                    column: offset + 2
                )
            }
            values = Array(all)
        }
        return SeriesNotation(
            labels: labels,
            values: values,
            givesStartTimestamps: givesStartTimestamps
        )
    }

    /// Parses values without a series, as in the `values` of a rule unit test.
    package static func values(of text: String) throws(SeriesNotationError) -> SeriesValues {
        try SeriesValueReader.values(of: text[...], precededBy: 0)
    }

    /// Splits at the end of the series: the first space outside braces and quotes.
    private static func split(_ text: String) -> (Substring, Substring) {
        var quote: Character?
        var depth = 0
        var isEscaped = false
        for (index, character) in zip(text.indices, text) {
            if let open = quote {
                if isEscaped {
                    isEscaped = false
                } else if character == "\\", open != "`" {
                    isEscaped = true
                } else if character == open {
                    quote = nil
                }
                continue
            }
            switch character {
            case "\"", "'", "`": quote = character
            case "{": depth += 1
            case "}": depth -= 1
            case _ where depth == 0 && character.isWhitespace:
                return (text[..<index], text[index...])
            default: break
            }
        }
        return (text[...], "")
    }
}

extension SeriesNotation.Value: Hashable {
    /// Compares numbers by their bits, so that NaN and the staleness marker differ.
    package static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.gap, .gap), (.histogram, .histogram): true
        case (.number(let left), .number(let right)): left.bitPattern == right.bitPattern
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        if case .number(let number) = self { hasher.combine(number.bitPattern) }
    }
}

/// Why a text is not a valid series notation. The column is in bytes and starts at 1.
package struct SeriesNotationError: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String
    package let column: Int

    /// Cuts the message, which may quote a name as long as the text.
    init(message: String, column: Int) {
        self.message = message.cut(atMost: String.displayedTextMaximum)
        self.column = column
    }

    package var description: String { "column \(column): \(message)" }
}

/// Parses values, which are separated by spaces: `1 2+3x4 _x2`.
private struct SeriesValueReader {
    private let bytes: [UInt8]
    private var position = 0
    private let offset: Int
    private var values = SeriesValues()

    static func values(
        of text: Substring,
        precededBy offset: Int
    ) throws(SeriesNotationError) -> SeriesValues {
        var reader = SeriesValueReader(bytes: Array(text.utf8), offset: offset)
        while reader.skipSpaces() { try reader.readItem() }
        return reader.values
    }

    private init(bytes: [UInt8], offset: Int) {
        self.bytes = bytes
        self.offset = offset
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func error(_ message: String, at start: Int) -> SeriesNotationError {
        SeriesNotationError(message: message, column: offset + start + 1)
    }

    /// Returns false at the end of the text.
    private mutating func skipSpaces() -> Bool {
        while let byte = next, byte == 0x20 || byte == 0x09 { position += 1 }
        return position < bytes.count
    }

    private mutating func readItem() throws(SeriesNotationError) {
        let start = position
        if acceptIdentifier("stale") {
            try readNumbers(from: Staleness.marker)
        } else if accept("_") {
            values.append(.gap, count: try readCount() ?? 1)
        } else if accept("{{") {
            try readHistograms(from: start)
        } else {
            try readNumbers(from: try readNumber())
        }
        if let byte = next, byte != 0x20, byte != 0x09 {
            throw error("unexpected \(word(at: position)) in series values", at: position)
        }
    }

    /// Parses the rest of `a`, `axn`, `a+bxn` or `a-bxn`: the first value and n more.
    private mutating func readNumbers(from value: Double) throws(SeriesNotationError) {
        let isProgression = next == UInt8(ascii: "+") || next == UInt8(ascii: "-")
        let step = isProgression ? try readNumber() : nil
        let count = try readCount()
        guard count != nil || !isProgression else {
            throw error("expected \"x\" and how many values follow", at: position)
        }
        values.append(.numbers(from: value, step: step), count: Self.oneMore(than: count ?? 0))
    }

    /// Counts beyond the range of `Int` are as good as its maximum.
    private static func oneMore(than count: Int) -> Int { count == .max ? .max : count + 1 }

    /// Parses `{{...}}`, `{{...}}xn` or `{{...}}+{{...}}xn`. The first braces have been consumed.
    private mutating func readHistograms(from start: Int) throws(SeriesNotationError) {
        try skipHistogram(from: start)
        if accept("+{{") || accept("-{{") { try skipHistogram(from: start) }
        values.append(.histogram, count: Self.oneMore(than: try readCount() ?? 0))
    }

    private mutating func skipHistogram(from start: Int) throws(SeriesNotationError) {
        while !accept("}}") {
            guard next != nil else { throw error("histogram without closing \"}}\"", at: start) }
            position += 1
        }
    }

    /// Parses the count after an `x`, if any: a number of 64 bits, as in Prometheus.
    private mutating func readCount() throws(SeriesNotationError) -> Int? {
        guard next == UInt8(ascii: "x") else { return nil }
        position += 1
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        guard let count = UInt64(text(start..<position)) else {
            throw error("expected a number of values, not \(word(at: start))", at: start)
        }
        return Int(clamping: count)
    }

    private mutating func readNumber() throws(SeriesNotationError) -> Double {
        let start = position
        var isNegative = false
        if let sign = next, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            isNegative = sign == UInt8(ascii: "-")
            position += 1
        }
        let digits = position
        if !acceptIdentifier("inf", "Inf", "INF"), !acceptIdentifier("nan", "NaN", "NAN") {
            skipDigits()
        }
        guard let value = NumberText.value(of: text(digits..<position)) else {
            throw error("expected a number, not \(word(at: start))", at: start)
        }
        return isNegative ? -value : value
    }

    /// Skips decimal digits with an optional point and exponent. A sign or an `x` after them is not
    /// part of the number.
    private mutating func skipDigits() {
        func isDigit(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
        }
        while let byte = next, isDigit(byte) || byte == UInt8(ascii: ".") { position += 1 }
        let end = position
        guard accept("e") else { return }
        if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
        guard let byte = next, isDigit(byte) else {
            position = end
            return
        }
        while let byte = next, isDigit(byte) { position += 1 }
    }

    /// Consumes one of the words if it comes next and no letter or digit follows.
    private mutating func acceptIdentifier(_ words: String...) -> Bool {
        var end = position
        while end < bytes.count, Self.isPartOfName(bytes[end]) { end += 1 }
        guard words.contains(text(position..<end)) else { return false }
        position = end
        return true
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"):
            true
        default: false
        }
    }

    /// Consumes the word, in lower or upper case, if it comes next.
    private mutating func accept(_ word: String) -> Bool {
        let end = position + word.utf8.count
        guard end <= bytes.count, text(position..<end).lowercased() == word else { return false }
        position = end
        return true
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    private func word(at start: Int) -> String {
        let end = bytes[start...].firstIndex { $0 == 0x20 || $0 == 0x09 } ?? bytes.count
        return start == end ? "the end" : text(start..<end).goQuoted
    }
}
