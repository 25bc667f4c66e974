extension JSONValue {
    /// Reads one document: RFC 8259 without leniency, no name twice in an object, no integer beyond
    /// 64 bits, no number beyond a double. Half a surrogate pair (`\ud800`) is accepted and becomes
    /// U+FFFD; an integer stays one only when it is written without fraction and exponent.
    package static func parse(
        _ bytes: [UInt8],
        limits: JSONLimits = .standard
    ) throws(JSONError) -> JSONValue {
        let valueCount = try JSONScanner.check(bytes, limits: limits)
        let value = try JSONCDocument(bytes, maximumDepth: limits.maximumDepth).value()
        // Two names that the scanner tells apart and json-c does not would lose a member silently.
        guard value.count == valueCount else {
            throw JSONError(offset: 0, message: "duplicate names")
        }
        return value
    }

    /// This value and all values inside it.
    private var count: Int {
        switch self {
        case .array(let elements): elements.reduce(1) { $0 + $1.count }
        case .object(let members): members.reduce(1) { $0 + $1.value.count }
        default: 1
        }
    }
}
