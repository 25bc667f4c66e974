/// Scans the bytes before json-c parses them, and rejects what json-c 0.16 accepts even in strict
/// mode: duplicate names, `NaN` and `Infinity`, single quotes, raw control characters, integers
/// beyond 64 bits (which it clamps), doubles out of range, malformed UTF-8, U+0000 in a name (which
/// truncates the name), and unbounded size or nesting.
///
/// The scanner validates tokens; json-c validates the grammar, that is, the order of tokens.
struct JSONScanner {
    private struct Container {
        let isObject: Bool
        let start: Int
        /// The index in `names` of this object's first name.
        let firstName: Int
    }

    private struct Name {
        let hash: Int
        let content: Range<Int>
        let isEscaped: Bool
    }

    /// A longer number carries no information and only costs time.
    static let maximumNumberBytes = 1024

    private let bytes: [UInt8]
    private let limits: JSONLimits
    private var index = 0
    private var containers: [Container] = []
    private var names: [Name] = []
    private var valueCount = 0
    /// The last punctuation byte, or 0 at the start. Tells a name from a value: a string after `{`
    /// or `,` in an object is a name.
    private var lastPunctuation: UInt8 = 0

    private init(_ bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        var limits = limits
        limits.maximumValues = limits.maximumValues(inBytes: bytes.count)
        self.limits = limits
    }

    /// Returns the number of values in the document, which the tree built by json-c must match.
    static func check(_ bytes: [UInt8], limits: JSONLimits) throws(JSONError) -> Int {
        guard bytes.count <= limits.maximumBytes else {
            throw JSONError(
                offset: limits.maximumBytes,
                message: "the document has \(bytes.count) bytes, more than the limit of "
                    + "\(limits.maximumBytes)"
            )
        }
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw JSONError(offset: error.byteOffsets.lowerBound, message: "invalid UTF-8")
        }
        var scanner = JSONScanner(bytes, limits: limits)
        try scanner.scanDocument()
        return scanner.valueCount
    }

    private mutating func scanDocument() throws(JSONError) {
        while index < bytes.count {
            try scanToken()
        }
        if let open = containers.last {
            let kind = open.isObject ? "object" : "array"
            throw fault("the document ends inside the \(kind) that begins at byte \(open.start)")
        }
        guard valueCount > 0 || lastPunctuation != 0 else { throw fault("the document is empty") }
    }

    private mutating func scanToken() throws(JSONError) {
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"):
            index += 1
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            try open(isObject: byte == UInt8(ascii: "{"))
            advance(past: byte)
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            try close(isObject: byte == UInt8(ascii: "}"))
            advance(past: byte)
        case UInt8(ascii: ","), UInt8(ascii: ":"):
            advance(past: byte)
        case UInt8(ascii: "\""):
            try scanString()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try scanNumber()
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            try scanWord()
        default:
            throw unexpected(byte)
        }
    }

    private mutating func advance(past punctuation: UInt8) {
        lastPunctuation = punctuation
        index += 1
    }

    private mutating func countValue() throws(JSONError) {
        valueCount += 1
        guard valueCount <= limits.maximumValues else {
            throw fault("more than \(limits.maximumValues) values")
        }
    }
}

// MARK: - Containers and names

extension JSONScanner {
    private mutating func open(isObject: Bool) throws(JSONError) {
        try countValue()
        guard containers.count < limits.maximumDepth else {
            throw fault("nested more than \(limits.maximumDepth) levels deep")
        }
        containers.append(Container(isObject: isObject, start: index, firstName: names.count))
    }

    private mutating func close(isObject: Bool) throws(JSONError) {
        guard let container = containers.popLast(), container.isObject == isObject else {
            throw unexpected(bytes[index])
        }
        guard isObject else { return }
        try refuseDuplicates(from: container.firstName)
        names.removeSubrange(container.firstName...)
    }

    /// Compares neighbors after sorting by hash, because comparing all pairs would take quadratic
    /// time. The hash is seeded per process, so a document cannot be crafted to collide.
    private mutating func refuseDuplicates(from first: Int) throws(JSONError) {
        guard names.count > first + 1 else { return }
        names[first...].sort {
            ($0.hash, $0.content.lowerBound) < ($1.hash, $1.content.lowerBound)
        }
        for index in (first + 1)..<names.count {
            let (earlier, later) = (names[index - 1], names[index])
            guard earlier.hash == later.hash else { continue }
            let name = content(of: later)
            guard content(of: earlier) == name else { continue }
            throw JSONError(
                offset: later.content.lowerBound - 1,
                message: "duplicate name \"\(String(decoding: name, as: UTF8.self))\""
            )
        }
    }

    private func content(of name: Name) -> ArraySlice<UInt8> {
        let raw = bytes[name.content]
        return name.isEscaped ? JSONEscapes.decode(raw)[...] : raw
    }

    private mutating func addName(_ content: Range<Int>, isEscaped: Bool) throws(JSONError) {
        // A malformed document may contain names without values, which the limit on values would
        // not catch.
        guard names.count < limits.maximumValues else {
            throw fault("more than \(limits.maximumValues) names")
        }
        let name = Name(hash: 0, content: content, isEscaped: isEscaped)
        let decoded = self.content(of: name)
        guard !isEscaped || !decoded.contains(0) else {
            throw JSONError(
                offset: content.lowerBound - 1,
                message: "a name must not contain U+0000"
            )
        }
        names.append(Name(hash: decoded.hashValue, content: content, isEscaped: isEscaped))
    }
}

// MARK: - Strings, numbers, words

extension JSONScanner {
    private mutating func scanString() throws(JSONError) {
        let isName =
            containers.last?.isObject == true
            && (lastPunctuation == UInt8(ascii: "{") || lastPunctuation == UInt8(ascii: ","))
        let start = index + 1
        var isEscaped = false
        index = start
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                let content = start..<index
                if isName { try addName(content, isEscaped: isEscaped) } else { try countValue() }
                index += 1
                return
            case UInt8(ascii: "\\"):
                isEscaped = true
                try scanEscape()
            case 0..<0x20:
                throw fault("unescaped control character in a string; write it as \\u00XX")
            default:
                index += 1
            }
        }
        throw fault("the document ends inside the string that begins at byte \(start - 1)")
    }

    private mutating func scanEscape() throws(JSONError) {
        guard index + 1 < bytes.count else { throw fault("the document ends inside a string") }
        switch bytes[index + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            index += 2
        case UInt8(ascii: "u"):
            guard index + 6 <= bytes.count,
                bytes[(index + 2)..<(index + 6)].allSatisfy({ JSONEscapes.hexDigit($0) != nil })
            else { throw fault("\\u without four hexadecimal digits") }
            index += 6
        default:
            throw fault("invalid escape sequence")
        }
    }

    private mutating func scanNumber() throws(JSONError) {
        let start = index
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        let firstDigit = index
        let wholeDigits = try scanDigits()
        guard wholeDigits == 1 || bytes[firstDigit] != UInt8(ascii: "0") else {
            throw JSONError(offset: start, message: "number with a leading zero")
        }
        var isInteger = true
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            isInteger = false
            index += 1
            _ = try scanDigits()
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            index += 1
            if index < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[index]) {
                index += 1
            }
            _ = try scanDigits()
        }
        try checkRange(of: start..<index, isInteger: isInteger)
        try countValue()
    }

    private mutating func scanDigits() throws(JSONError) -> Int {
        let start = index
        while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) {
            index += 1
        }
        guard index > start else { throw fault("expected a digit") }
        return index - start
    }

    /// Short integers need no check: 18 characters always fit into 64 bits. Only an exponent or
    /// hundreds of digits can exceed a double.
    private func checkRange(of number: Range<Int>, isInteger: Bool) throws(JSONError) {
        guard number.count > 18 || !isInteger else { return }
        guard number.count <= Self.maximumNumberBytes else {
            throw JSONError(
                offset: number.lowerBound,
                message: "number longer than \(Self.maximumNumberBytes) characters"
            )
        }
        let text = String(decoding: bytes[number], as: UTF8.self)
        if isInteger, Int64(text) == nil, UInt64(text) == nil {
            throw JSONError(
                offset: number.lowerBound,
                message: "integer out of range of 64 bits; identifiers of this size must be strings"
            )
        }
        if !isInteger, Double(text)?.isFinite != true {
            throw JSONError(
                offset: number.lowerBound,
                message: "number out of range of a double"
            )
        }
    }

    private mutating func scanWord() throws(JSONError) {
        let start = index
        while index < bytes.count,
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[index] | 0x20)
        {
            index += 1
        }
        let word = bytes[start..<index]
        guard ["true", "false", "null"].contains(where: { word.elementsEqual($0.utf8) }) else {
            let shown = String(decoding: word.prefix(20), as: UTF8.self)
            throw JSONError(offset: start, message: "\"\(shown)\" is not a JSON value")
        }
        try countValue()
    }

    private func unexpected(_ byte: UInt8) -> JSONError {
        if index == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            return fault("the document begins with a byte order mark")
        }
        let isPrintable = (0x21...0x7E).contains(byte)
        let shown =
            isPrintable
            ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x\(String(byte, radix: 16))"
        return fault("unexpected \(shown)")
    }

    private func fault(_ message: String) -> JSONError {
        JSONError(offset: index, message: message)
    }
}
