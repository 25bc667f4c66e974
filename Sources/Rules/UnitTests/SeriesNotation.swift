import StrictYAML

/// The shorthand for series in unit tests: `1 2 3`, `0+1x10`, `5x3`, `_`, `_x4`, `stale`.
enum SeriesNotation {
    enum Value: Sendable, Hashable {
        case gap
        case stale
        case number(Double)
    }

    /// A series has no more values than this.
    static let maximumValues = 1_000_000

    static func values(_ text: String) throws(YAMLProblem) -> [Value] {
        var values: [Value] = []
        for item in text.split(whereSeparator: \.isWhitespace) {
            let added = try Self.item(item)
            guard values.count + added.count <= maximumValues else {
                throw YAMLProblem("a series may have at most \(maximumValues) values")
            }
            values += added
        }
        return values
    }

    private static func item(_ item: Substring) throws(YAMLProblem) -> [Value] {
        if item == "stale" { return [.stale] }
        if item == "_" { return [.gap] }
        if let value = number(item) { return [.number(value)] }
        guard let cross = item.lastIndex(where: { $0 == "x" }),
            let count = Int(item[item.index(after: cross)...]),
            (0..<maximumValues).contains(count)
        else { throw YAMLProblem("not a series value: \"\(item)\"") }
        let pattern = item[..<cross]
        // `_xn` stands for n gaps, all other forms for a first value and n more.
        if pattern == "_" { return Array(repeating: .gap, count: count) }
        if pattern == "stale" { return Array(repeating: .stale, count: count + 1) }
        guard let (start, step) = progression(pattern) else {
            throw YAMLProblem("not a series value: \"\(item)\"")
        }
        var value = start
        return (0...count).map { _ in
            defer { value += step }
            return .number(value)
        }
    }

    /// `a`, `a+b` or `a-b`.
    private static func progression(_ text: Substring) -> (start: Double, step: Double)? {
        if let start = number(text) { return (start, 0) }
        // The sign of an exponent or of the first number is none that joins two numbers.
        for index in text.indices.dropFirst() where text[index] == "+" || text[index] == "-" {
            let following = text[text.index(after: index)...]
            guard let start = number(text[..<index]), let step = number(following) else { continue }
            return (start, text[index] == "-" ? -step : step)
        }
        return nil
    }

    static func number(_ text: some StringProtocol) -> Double? {
        let magnitude = text.drop { $0 == "+" || $0 == "-" }
        guard text.count - magnitude.count <= 1 else { return nil }
        let isNegative = text.hasPrefix("-")
        switch magnitude.lowercased() {
        case "inf": return isNegative ? -.infinity : .infinity
        case "nan": return .nan
        default: break
        }
        // Not hexadecimal: in `0x5` the x repeats.
        guard magnitude.utf8.allSatisfy({ "0123456789.eE+-".utf8.contains($0) }) else { return nil }
        return Double(text)
    }
}
