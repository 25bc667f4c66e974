/// Reads OpenMetrics 1.0 text up to `# EOF`, entry by entry. The text is a recording, so every
/// sample must have a timestamp. Exemplars are ignored.
package struct OpenMetricsReader {
    package enum Entry: Sendable, Hashable {
        case type(metric: String, String)
        case help(metric: String, String)
        case unit(metric: String, String)
        case sample(Recorded)
    }

    package struct Recorded: Sendable, Hashable {
        /// The labels, including `__name__`.
        package var labels: [Pair]
        package var value: Double
        /// The timestamp in seconds since the Unix epoch.
        package var seconds: Double
    }

    package struct Pair: Sendable, Hashable {
        package var name: String
        package var value: String
    }

    package struct Failure: Error, Hashable, CustomStringConvertible {
        /// The line number, starting at 1.
        package let line: Int
        package let reason: String

        package init(line: Int, reason: String) {
            self.line = line
            self.reason = reason
        }

        package var description: String { "\(line): \(reason)" }
    }

    private var rest: ArraySlice<UInt8>
    /// The number of the last line read.
    package private(set) var line = 0
    private var hasEnded = false

    package init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    /// The next entry, or nil after `# EOF`, which must be the last line.
    package mutating func next() throws(Failure) -> Entry? {
        while !hasEnded {
            guard !rest.isEmpty else { throw failure("the text does not end with # EOF") }
            line += 1
            let text = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest.dropFirst(text.count + 1)
            guard text.first == UInt8(ascii: "#") else {
                guard let sample = SampleLine(text), let seconds = sample.timestamp else {
                    throw failure("expected NAME{LABELS} VALUE SECONDS")
                }
                return .sample(
                    Recorded(labels: sample.labels, value: sample.value, seconds: seconds)
                )
            }
            if let entry = try description(text) { return entry }
        }
        guard rest.isEmpty else { throw failure("text after # EOF") }
        return nil
    }

    private mutating func description(_ bytes: ArraySlice<UInt8>) throws(Failure) -> Entry? {
        let text = String(decoding: bytes, as: UTF8.self)
        if text == "# EOF" {
            hasEnded = true
            return nil
        }
        let words = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard words.count >= 3 else { throw failure("expected # TYPE, # HELP, # UNIT or # EOF") }
        let metric = String(words[2])
        let content = words.count > 3 ? String(words[3]) : ""
        switch words[1] {
        case "TYPE": return .type(metric: metric, content)
        case "HELP": return .help(metric: metric, content)
        case "UNIT": return .unit(metric: metric, content)
        default: throw failure("expected # TYPE, # HELP, # UNIT or # EOF")
        }
    }

    private func failure(_ reason: String) -> Failure {
        Failure(line: line, reason: reason)
    }
}
