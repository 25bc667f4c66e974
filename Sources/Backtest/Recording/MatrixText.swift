/// Reads the answer of a range selector in Prometheus' JSON, without a tree: a sample has 22 bytes of
/// text and would be three values.
package struct MatrixText {
    /// One series of the result.
    package struct Series {
        /// The JSON object of its labels.
        package let metric: [UInt8]
        package var samples: [(milliseconds: Int64, value: Double)] = []
    }

    package struct Failure: Error, Hashable, CustomStringConvertible {
        package let offset: Int
        /// What the server warned of: the answer may lack series.
        package var warning: String?

        package var description: String {
            warning.map { "the answer is not complete: \($0)" }
                ?? "byte \(offset): not the answer to a range selector"
        }
    }

    private let bytes: [UInt8]
    private var place = 0

    private static let maximumDepth = 32

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The series of an answer, which must have `data.result`.
    package static func series(_ bytes: [UInt8]) throws(Failure) -> [Series] {
        var text = MatrixText(bytes)
        var found: [Series]?
        try text.object { text, name throws(Failure) in
            if name == "warnings" { return try text.refuseWarnings() }
            guard name == "data" else { return try text.skip() }
            try text.object { text, name throws(Failure) in
                guard name == "result" else { return try text.skip() }
                var all: [Series] = []
                try text.array { text throws(Failure) in all.append(try text.series()) }
                found = all
            }
        }
        guard let found, text.isAtEnd else { throw text.failure }
        return found
    }

    private var failure: Failure { Failure(offset: place) }

    private var isAtEnd: Bool {
        bytes[place...].allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    }

    private mutating func refuseWarnings() throws(Failure) {
        skipSpace()
        guard place < bytes.count, bytes[place] == UInt8(ascii: "[") else { return try skip() }
        try array { text throws(Failure) in
            let warning = try text.string()
            throw Failure(offset: text.place, warning: warning)
        }
    }

    private mutating func series() throws(Failure) -> Series {
        var metric: [UInt8] = []
        var samples: [(milliseconds: Int64, value: Double)] = []
        try object { text, name throws(Failure) in
            let start = text.place
            switch name {
            case "metric":
                try text.skip()
                metric = Array(text.bytes[start..<text.place])
            case "values":
                try text.array { text throws(Failure) in samples.append(try text.sample()) }
            default: try text.skip()
            }
        }
        guard !metric.isEmpty else { throw failure }
        return Series(metric: metric, samples: samples)
    }

    /// `[1700000000.5,"1"]`
    private mutating func sample() throws(Failure) -> (milliseconds: Int64, value: Double) {
        try expect("[")
        guard let seconds = Double(String(decoding: try scalar(), as: UTF8.self)),
            seconds >= 0, seconds < 1e12
        else { throw failure }
        try expect(",")
        guard let value = Double(try string()) else { throw failure }
        try expect("]")
        return (Int64((seconds * 1000).rounded()), value)
    }

    // MARK: JSON

    private mutating func object(
        _ member: (inout MatrixText, String) throws(Failure) -> Void
    ) throws(Failure) {
        try expect("{")
        if accept("}") { return }
        repeat {
            let name = try string()
            try expect(":")
            skipSpace()
            try member(&self, name)
        } while accept(",")
        try expect("}")
    }

    private mutating func array(
        _ element: (inout MatrixText) throws(Failure) -> Void
    ) throws(Failure) {
        try expect("[")
        if accept("]") { return }
        repeat { try element(&self) } while accept(",")
        try expect("]")
    }

    private mutating func skip(depth: Int = 0) throws(Failure) {
        guard depth < Self.maximumDepth else { throw failure }
        skipSpace()
        guard place < bytes.count else { throw failure }
        switch bytes[place] {
        case UInt8(ascii: "{"):
            try object { text, _ throws(Failure) in try text.skip(depth: depth + 1) }
        case UInt8(ascii: "["):
            try array { text throws(Failure) in try text.skip(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try string()
        default: _ = try scalar()
        }
    }

    private mutating func skipSpace() {
        while place < bytes.count, bytes[place] == 0x20 || (0x09...0x0D).contains(bytes[place]) {
            place += 1
        }
    }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(Failure) {
        guard accept(character) else { throw failure }
    }

    /// The text between the quotes, as written: names and values that matter have no escapes.
    private mutating func string() throws(Failure) -> String {
        try expect("\"")
        let start = place
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard place < bytes.count else {
            place = bytes.count
            throw failure
        }
        defer { place += 1 }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    private mutating func scalar() throws(Failure) -> ArraySlice<UInt8> {
        skipSpace()
        let start = place
        while place < bytes.count, !Self.ends.contains(bytes[place]) { place += 1 }
        guard place > start else { throw failure }
        return bytes[start..<place]
    }

    private static let ends = Set(",]} \t\r\n".utf8)
}
