/// Encodes the elements of an array.
struct ArrayEncoder: UnkeyedEncodingContainer {
    let node: EncodingNode

    var codingPath: [any CodingKey] { node.path.codingPath }
    var count: Int { node.elementCount }

    func encodeNil() throws { try element().encodeNil() }
    func encode(_ value: Bool) throws { try element().encode(value) }
    func encode(_ value: String) throws { try element().encode(value) }
    func encode(_ value: Double) throws { try element().encode(value) }
    func encode(_ value: Float) throws { try element().encode(value) }
    func encode(_ value: Int) throws { try element().encode(value) }
    func encode(_ value: Int8) throws { try element().encode(value) }
    func encode(_ value: Int16) throws { try element().encode(value) }
    func encode(_ value: Int32) throws { try element().encode(value) }
    func encode(_ value: Int64) throws { try element().encode(value) }
    func encode(_ value: UInt) throws { try element().encode(value) }
    func encode(_ value: UInt8) throws { try element().encode(value) }
    func encode(_ value: UInt16) throws { try element().encode(value) }
    func encode(_ value: UInt32) throws { try element().encode(value) }
    func encode(_ value: UInt64) throws { try element().encode(value) }
    func encode(_ value: some Encodable) throws { try element().encode(value) }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) -> KeyedEncodingContainer<NestedKey> {
        element().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { element().unkeyedContainer() }
    func superEncoder() -> any Encoder { element() }

    private func element() -> ValueEncoder { ValueEncoder(node: node.appendElement()) }
}
