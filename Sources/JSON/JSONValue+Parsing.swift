extension JSONValue {
    /// Parses one document strictly by RFC 8259. Duplicate names, integers beyond 64 bits and
    /// numbers beyond the range of a double are errors. A lone surrogate (`\ud800`) is accepted and
    /// becomes U+FFFD. A number is an integer only if it is written without fraction and exponent.
    package static func parse(
        _ bytes: [UInt8],
        limits: JSONLimits = .standard
    ) throws(JSONError) -> JSONValue {
        let valueCount = try JSONScanner.check(bytes, limits: limits)
        let value = try JSONCDocument(bytes, maximumDepth: limits.maximumDepth).value()
        // If the scanner distinguishes two names that json-c does not, a member would be lost
        // silently.
        guard value.count == valueCount else {
            throw JSONError(offset: 0, message: "duplicate names")
        }
        return value
    }

    /// The number of values, including this one and all nested ones.
    private var count: Int {
        switch self {
        case .array(let elements): elements.reduce(1) { $0 + $1.count }
        case .object(let members): members.reduce(1) { $0 + $1.value.count }
        default: 1
        }
    }
}
