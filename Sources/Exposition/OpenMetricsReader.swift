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
                var scanner = LineScanner(text)
                guard let sample = scanner.sample() else {
                    throw failure("expected NAME{LABELS} VALUE SECONDS")
                }
                return .sample(sample)
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

/// Parses one sample line.
private struct LineScanner {
    private var rest: ArraySlice<UInt8>

    init(_ line: ArraySlice<UInt8>) {
        rest = line
    }

    mutating func sample() -> OpenMetricsReader.Recorded? {
        let name = word { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: " ") }
        guard !name.isEmpty else { return nil }
        var labels = [OpenMetricsReader.Pair(name: "__name__", value: name)]
        if accept("{") {
            while !accept("}") {
                guard let label = label() else { return nil }
                labels.append(label)
                guard accept(",") || rest.first == UInt8(ascii: "}") else { return nil }
            }
        }
        guard accept(" "), let value = Double(word { $0 == UInt8(ascii: " ") }),
            accept(" "), let seconds = Double(word { $0 == UInt8(ascii: " ") }),
            seconds.isFinite, rest.isEmpty || rest.starts(with: " # ".utf8)
        else { return nil }
        return OpenMetricsReader.Recorded(labels: labels, value: value, seconds: seconds)
    }

    private mutating func label() -> OpenMetricsReader.Pair? {
        let name = word { $0 == UInt8(ascii: "=") }
        guard !name.isEmpty, accept("="), accept("\"") else { return nil }
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                return OpenMetricsReader.Pair(
                    name: name,
                    value: String(decoding: value, as: UTF8.self)
                )
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                value.append(escaped == UInt8(ascii: "n") ? UInt8(ascii: "\n") : escaped)
            default: value.append(byte)
            }
        }
        return nil
    }

    private mutating func word(until isEnd: (UInt8) -> Bool) -> String {
        let bytes = rest.prefix { !isEnd($0) }
        rest = rest.dropFirst(bytes.count)
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }
}
