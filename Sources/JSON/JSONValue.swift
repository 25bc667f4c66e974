// JSON owns reading JSON strictly and within limits (json-c behind a scanner of our own), writing
// it, and Codable in both directions. It does no I/O and converts nothing implicitly: a string that
// contains a number remains a string.

/// A JSON document as a value.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// An integer above `Int64.max`. `parse` uses this case only for those.
    case unsigned(UInt64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    /// Members in the order of the document. A parsed object has no duplicate names.
    case object([JSONMember])
}

/// A member of a JSON object.
package struct JSONMember: Sendable, Hashable {
    package var name: String
    package var value: JSONValue

    package init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }
}

extension JSONValue {
    /// The value of a member, or nil if this is not an object or has no such member (a member that
    /// is `null` yields `.null`). Names are compared byte by byte: Swift's `==` would equate `é`
    /// and `e` + U+0301, which JSON distinguishes.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.isIdentical(to: name) }?.value
    }

    /// An element, or nil if this is not an array or the index is out of range.
    package subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    package var isNull: Bool { self == .null }

    package var boolValue: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The number as an `Int64`, or nil if it has a fraction, is out of range, or this is not a
    /// number.
    package var integerValue: Int64? {
        switch self {
        case .integer(let value): value
        case .double(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// The number as a `Double`, to which large integers are rounded; nil if this is not a number.
    package var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .unsigned(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    package var stringValue: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    package var arrayValue: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    package var objectValue: [JSONMember]? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    /// The JSON type, for error messages.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .unsigned, .double: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// Deliberately not `ExpressibleByNilLiteral`: `condition ? value : nil` would then yield a JSON
/// null instead of no value.
extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { JSONMember($0, $1) })
    }
}

extension String {
    /// Compares byte by byte, without canonical equivalence.
    func isIdentical(to other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}
