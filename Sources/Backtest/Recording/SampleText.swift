import Exposition

/// The parts of a sample line with a time: `NAME{LABELS} VALUE SECONDS`. Only places in the line, so
/// that a line of a series that is known costs no allocation.
struct SampleText {
    let series: Range<Int>
    let value: Double
    let milliseconds: Int64

    /// Nil if the line is malformed or has no time.
    init?(_ bytes: [UInt8], _ line: Range<Int>) {
        guard let second = Self.lastSpace(bytes, line),
            let first = Self.lastSpace(bytes, line.lowerBound..<second),
            first > line.lowerBound,
            let milliseconds = Self.time(bytes, second + 1..<line.upperBound),
            let value = Self.number(bytes, first + 1..<second)
        else { return nil }
        series = line.lowerBound..<first
        self.value = value
        self.milliseconds = milliseconds
    }

    private static func lastSpace(_ bytes: [UInt8], _ range: Range<Int>) -> Int? {
        var index = range.upperBound - 1
        while index >= range.lowerBound {
            if bytes[index] == UInt8(ascii: " ") { return index }
            index -= 1
        }
        return nil
    }

    /// Seconds with at most three decimals in nearly every line; anything else takes longer.
    private static func time(_ bytes: [UInt8], _ range: Range<Int>) -> Int64? {
        var (whole, fraction, decimals) = (Int64(0), Int64(0), -1)
        guard !range.isEmpty, range.count <= 18 else { return slowTime(bytes, range) }
        for index in range {
            let byte = bytes[index]
            if byte == UInt8(ascii: "."), decimals < 0 {
                decimals = 0
                continue
            }
            guard byte >= 0x30, byte <= 0x39 else { return slowTime(bytes, range) }
            if decimals < 0 {
                whole = whole * 10 + Int64(byte - 0x30)
            } else {
                decimals += 1
                guard decimals <= 3 else { return slowTime(bytes, range) }
                fraction = fraction * 10 + Int64(byte - 0x30)
            }
        }
        // A point alone is no number.
        guard decimals < 0 || range.count > 1, whole < maximumSeconds else { return nil }
        let scale: Int64 = decimals == 1 ? 100 : decimals == 2 ? 10 : 1
        return whole * 1000 + fraction * scale
    }

    /// The year 10000: later times are milliseconds that were taken for seconds.
    private static let maximumSeconds: Int64 = 253_402_300_800

    private static func slowTime(_ bytes: [UInt8], _ range: Range<Int>) -> Int64? {
        guard let seconds = Double(String(decoding: bytes[range], as: UTF8.self)),
            seconds >= 0, seconds < Double(maximumSeconds)
        else { return nil }
        return Int64((seconds * 1000).rounded())
    }

    private static func number(_ bytes: [UInt8], _ range: Range<Int>) -> Double? {
        if range.count == 1 {
            let byte = bytes[range.lowerBound]
            return byte >= 0x30 && byte <= 0x39 ? Double(byte - 0x30) : nil
        }
        return Double(String(decoding: bytes[range], as: UTF8.self))
    }
}

/// The name and labels of a series.
struct SeriesText {
    let name: String
    let labels: [(name: String, value: String)]

    init?(_ bytes: ArraySlice<UInt8>) {
        // With a value of its own it ends with an exemplar, which no metric of the agent has.
        guard SampleLine(bytes) == nil, var line = Self.unquoted(bytes) else { return nil }
        line += Array(" 0 0".utf8)
        guard let sample = SampleLine(line[...]),
            sample.labels.allSatisfy({ Self.isLabelName($0.name) })
        else { return nil }
        name = sample.labels.first { $0.name == "__name__" }?.value ?? ""
        labels = sample.labels.filter { $0.name != "__name__" }.map { ($0.name, $0.value) }
    }

    private static func isLabelName(_ name: String) -> Bool {
        let bytes = name.utf8
        return bytes.first.map { $0 < 0x30 || $0 > 0x39 } ?? false
            && bytes.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                    || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
            }
    }

    private static let controls: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "r"): 13,
        UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11,
    ]
    private static let digits: [UInt8: Int] = [
        UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8,
    ]

    /// Go quotes what cannot be printed in its own way, and `promtool` prints labels so. Nil if an
    /// escape is none.
    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        guard bytes.contains(UInt8(ascii: "\\")) else { return Array(bytes) }
        var rest = bytes
        var text: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            guard let escaped = rest.popFirst() else { return nil }
            if let control = controls[escaped] {
                text.append(control)
            } else if let count = digits[escaped] {
                let code = String(decoding: rest.prefix(count), as: UTF8.self)
                guard let number = UInt32(code, radix: 16), rest.count >= count,
                    number != 0x22, number != 0x5C, number != 0x0A,
                    let scalar = Unicode.Scalar(number)
                else { return nil }
                rest = rest.dropFirst(count)
                // A byte that is no text stays unknown: names are compared, never sent.
                text +=
                    escaped == UInt8(ascii: "x") && number > 0x7F
                    ? Array("\u{FFFD}".utf8) : Array("\(scalar)".utf8)
            } else {
                text += [byte, escaped]
            }
        }
        return text
    }

    init(name: String, labels: [(name: String, value: String)]) {
        self.name = name
        self.labels = labels
    }
}
