/// Decodes the members of an object.
struct ObjectDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let members: [JSONMember]
    let path: JSONPath
    /// The positions of the members by name; nil for a small object. A dictionary is decoded name
    /// by name, so a search through all members for each would take quadratic time.
    private let positions: [ByteString: Int]?

    /// Up to this number of members a search is faster than a table.
    private static var smallCount: Int { 16 }

    init(members: [JSONMember], path: JSONPath) {
        self.members = members
        self.path = path
        guard members.count > Self.smallCount else {
            positions = nil
            return
        }
        let pairs = members.indices.map { (ByteString(members[$0].name), $0) }
        positions = Dictionary(pairs) { first, _ in first }
    }

    var codingPath: [any CodingKey] { path.codingPath }
    var allKeys: [Key] { members.compactMap { Key(stringValue: $0.name) } }

    func contains(_ key: Key) -> Bool { value(key) != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try member(key).decodeNil() }
    func decode(_: Bool.Type, forKey key: Key) throws -> Bool { try member(key).boolean() }
    func decode(_: String.Type, forKey key: Key) throws -> String { try member(key).string() }
    func decode(_: Double.Type, forKey key: Key) throws -> Double { try member(key).double() }
    func decode(_: Float.Type, forKey key: Key) throws -> Float { try member(key).float() }
    func decode(_: Int.Type, forKey key: Key) throws -> Int { try member(key).integer() }
    func decode(_: Int8.Type, forKey key: Key) throws -> Int8 { try member(key).integer() }
    func decode(_: Int16.Type, forKey key: Key) throws -> Int16 { try member(key).integer() }
    func decode(_: Int32.Type, forKey key: Key) throws -> Int32 { try member(key).integer() }
    func decode(_: Int64.Type, forKey key: Key) throws -> Int64 { try member(key).integer() }
    func decode(_: UInt.Type, forKey key: Key) throws -> UInt { try member(key).integer() }
    func decode(_: UInt8.Type, forKey key: Key) throws -> UInt8 { try member(key).integer() }
    func decode(_: UInt16.Type, forKey key: Key) throws -> UInt16 { try member(key).integer() }
    func decode(_: UInt32.Type, forKey key: Key) throws -> UInt32 { try member(key).integer() }
    func decode(_: UInt64.Type, forKey key: Key) throws -> UInt64 { try member(key).integer() }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try member(key).unbox(type)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try member(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try member(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder {
        guard let value = value(JSONKey("super")) else {
            throw path.error("\"super\" is missing")
        }
        return ValueDecoder(value: value, path: path.member("super"))
    }

    func superDecoder(forKey key: Key) throws -> any Decoder { try member(key) }

    private func member(_ key: Key) throws(JSONError) -> ValueDecoder {
        guard let value = value(key) else {
            throw path.error("\"\(key.stringValue)\" is missing")
        }
        return ValueDecoder(value: value, path: path.member(key.stringValue))
    }

    private func value(_ key: some CodingKey) -> JSONValue? {
        let name = key.stringValue
        if let positions { return positions[ByteString(name)].map { members[$0].value } }
        return members.first { $0.name.isIdentical(to: name) }?.value
    }
}

/// A name that is compared byte by byte, without canonical equivalence.
private struct ByteString: Hashable {
    private let bytes: [UInt8]

    init(_ text: String) {
        bytes = Array(text.utf8)
    }
}
