/// Decodes the elements of an array in order.
struct ArrayDecoder: UnkeyedDecodingContainer {
    let elements: [JSONValue]
    let path: JSONPath
    private(set) var currentIndex = 0

    init(elements: [JSONValue], path: JSONPath) {
        self.elements = elements
        self.path = path
    }

    var codingPath: [any CodingKey] { path.codingPath }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex == elements.count }

    /// Advances only if the element is `null`, as Codable requires.
    mutating func decodeNil() throws -> Bool {
        guard try current().decodeNil() else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode(_: Bool.Type) throws -> Bool { try next { try $0.boolean() } }
    mutating func decode(_: String.Type) throws -> String { try next { try $0.string() } }
    mutating func decode(_: Double.Type) throws -> Double { try next { try $0.double() } }
    mutating func decode(_: Float.Type) throws -> Float { try next { try $0.float() } }
    mutating func decode(_: Int.Type) throws -> Int { try next { try $0.integer() } }
    mutating func decode(_: Int8.Type) throws -> Int8 { try next { try $0.integer() } }
    mutating func decode(_: Int16.Type) throws -> Int16 { try next { try $0.integer() } }
    mutating func decode(_: Int32.Type) throws -> Int32 { try next { try $0.integer() } }
    mutating func decode(_: Int64.Type) throws -> Int64 { try next { try $0.integer() } }
    mutating func decode(_: UInt.Type) throws -> UInt { try next { try $0.integer() } }
    mutating func decode(_: UInt8.Type) throws -> UInt8 { try next { try $0.integer() } }
    mutating func decode(_: UInt16.Type) throws -> UInt16 { try next { try $0.integer() } }
    mutating func decode(_: UInt32.Type) throws -> UInt32 { try next { try $0.integer() } }
    mutating func decode(_: UInt64.Type) throws -> UInt64 { try next { try $0.integer() } }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        try next { try $0.unbox(type) }
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try next { try $0.container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next { try $0.unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder { try next { $0 } }

    private func current() throws(JSONError) -> ValueDecoder {
        guard !isAtEnd else { throw path.error("expected more than \(elements.count) elements") }
        return ValueDecoder(value: elements[currentIndex], path: path.element(currentIndex))
    }

    /// An element that does not match is not consumed: the caller may try another type.
    private mutating func next<Value>(_ read: (ValueDecoder) throws -> Value) throws -> Value {
        let value = try read(current())
        currentIndex += 1
        return value
    }
}
