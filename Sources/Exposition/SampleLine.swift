/// One sample line of either format: `NAME{LABELS} VALUE [TIMESTAMP]`. Exemplars are ignored.
package struct SampleLine {
    /// The labels, including `__name__`, in the order of the line.
    package let labels: [OpenMetricsReader.Pair]
    package let value: Double
    /// As written: seconds in OpenMetrics, milliseconds in text 0.0.4.
    package let timestamp: Double?

    /// nil if the line is malformed.
    package init?(_ line: ArraySlice<UInt8>) {
        var scanner = LineScanner(line)
        guard let labels = scanner.labels(), let value = scanner.number() else { return nil }
        self.labels = labels
        self.value = value
        guard !scanner.isAtEnd else {
            timestamp = nil
            return
        }
        guard let timestamp = scanner.number(), timestamp.isFinite, scanner.isAtEnd else {
            return nil
        }
        self.timestamp = timestamp
    }

    var name: String { labels.first?.value ?? "" }
}

private struct LineScanner {
    private var rest: ArraySlice<UInt8>

    init(_ line: ArraySlice<UInt8>) {
        rest = line
    }

    var isAtEnd: Bool { rest.isEmpty || rest.starts(with: " # ".utf8) }

    mutating func labels() -> [OpenMetricsReader.Pair]? {
        let name = word { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: " ") }
        guard !name.isEmpty else { return nil }
        var labels = [OpenMetricsReader.Pair(name: "__name__", value: name)]
        guard accept("{") else { return labels }
        while !accept("}") {
            guard let label = label() else { return nil }
            labels.append(label)
            guard accept(",") || rest.first == UInt8(ascii: "}") else { return nil }
        }
        return labels
    }

    /// A number after one space.
    mutating func number() -> Double? {
        guard accept(" ") else { return nil }
        return Double(word { $0 == UInt8(ascii: " ") })
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
