/// Decodes `Decodable` types without implicit conversions: a string is not a number and `null` is
/// not zero. A number matches an integer type if it has no fraction and is in range. Unknown
/// members are ignored, because services add fields without notice.
package struct StrictJSONDecoder: Sendable {
    package var limits: JSONLimits

    package init(limits: JSONLimits = .standard) {
        self.limits = limits
    }

    package func decode<Value: Decodable>(
        _ type: Value.Type,
        from bytes: [UInt8]
    ) throws(JSONError) -> Value {
        try decode(type, from: JSONValue.parse(bytes, limits: limits))
    }

    package func decode<Value: Decodable>(
        _ type: Value.Type,
        from value: JSONValue
    ) throws(JSONError) -> Value {
        do {
            return try ValueDecoder(value: value, path: .root).unbox(type)
        } catch {
            throw JSONError(decoding: error)
        }
    }
}

extension JSONError {
    /// Converts the errors of our containers and those thrown by a type's `init(from:)`.
    fileprivate init(decoding error: any Error) {
        switch error {
        case let error as JSONError:
            self = error
        case DecodingError.typeMismatch(_, let context), DecodingError.dataCorrupted(let context),
            DecodingError.valueNotFound(_, let context):
            self = JSONPath(context.codingPath).error(context.debugDescription)
        case DecodingError.keyNotFound(let key, let context):
            self = JSONPath(context.codingPath).error("\"\(key.stringValue)\" is missing")
        default:
            self = JSONPath.root.error("\(error)")
        }
    }
}

/// One value and its path. It is its own single-value container.
struct ValueDecoder: Decoder, SingleValueDecodingContainer {
    let value: JSONValue
    let path: JSONPath

    var codingPath: [any CodingKey] { path.codingPath }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let members) = value else { throw mismatch("an object") }
        return KeyedDecodingContainer(ObjectDecoder(members: members, path: path))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let elements) = value else { throw mismatch("an array") }
        return ArrayDecoder(elements: elements, path: path)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { value.isNull }
    func decode(_: Bool.Type) throws -> Bool { try boolean() }
    func decode(_: String.Type) throws -> String { try string() }
    func decode(_: Double.Type) throws -> Double { try double() }
    func decode(_: Float.Type) throws -> Float { try float() }
    func decode(_: Int.Type) throws -> Int { try integer() }
    func decode(_: Int8.Type) throws -> Int8 { try integer() }
    func decode(_: Int16.Type) throws -> Int16 { try integer() }
    func decode(_: Int32.Type) throws -> Int32 { try integer() }
    func decode(_: Int64.Type) throws -> Int64 { try integer() }
    func decode(_: UInt.Type) throws -> UInt { try integer() }
    func decode(_: UInt8.Type) throws -> UInt8 { try integer() }
    func decode(_: UInt16.Type) throws -> UInt16 { try integer() }
    func decode(_: UInt32.Type) throws -> UInt32 { try integer() }
    func decode(_: UInt64.Type) throws -> UInt64 { try integer() }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try unbox(type) }
}

extension ValueDecoder {
    /// `JSONValue` is passed through, so that a type can keep part of a document as it is.
    func unbox<T: Decodable>(_ type: T.Type) throws -> T {
        if let value = value as? T, type == JSONValue.self { return value }
        do {
            return try T(from: self)
        } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
            // Types of the standard library, and some of ours, throw without knowing their path.
            throw path.error(context.debugDescription)
        }
    }

    func boolean() throws(JSONError) -> Bool {
        guard case .bool(let flag) = value else { throw mismatch("a boolean") }
        return flag
    }

    func string() throws(JSONError) -> String {
        guard case .string(let text) = value else { throw mismatch("a string") }
        return text
    }

    func double() throws(JSONError) -> Double {
        guard let number = value.doubleValue else { throw mismatch("a number") }
        return number
    }

    func float() throws(JSONError) -> Float {
        let number = Float(try double())
        guard number.isFinite else { throw path.error("number out of range of Float") }
        return number
    }

    func integer<Integer: FixedWidthInteger>() throws(JSONError) -> Integer {
        let exact: Integer? =
            switch value {
            case .integer(let number): Integer(exactly: number)
            case .unsigned(let number): Integer(exactly: number)
            case .double(let number): Integer(exactly: number)
            default: throw mismatch("an integer")
            }
        guard let exact else {
            throw path.error("expected an integer in the range of \(Integer.self)")
        }
        return exact
    }

    func mismatch(_ expected: String) -> JSONError {
        path.error("expected \(expected), found \(value.kind)")
    }
}
