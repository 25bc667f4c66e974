/// Encodes `Encodable` types. Infinities and NaN are errors, members that are nil are omitted (by
/// the synthesized conformances), and a type that encodes nothing is an error.
package struct StrictJSONEncoder: Sendable {
    package var output: JSONOutput

    package init(output: JSONOutput = .insertionOrder) {
        self.output = output
    }

    package func encode(_ value: some Encodable) throws(JSONError) -> [UInt8] {
        try encodeToValue(value).serialized(output)
    }

    package func encodeToValue(_ value: some Encodable) throws(JSONError) -> JSONValue {
        do {
            return try EncodingNode.encode(value, at: .root)
        } catch let error as JSONError {
            throw error
        } catch EncodingError.invalidValue(_, let context) {
            throw JSONPath(context.codingPath).error(context.debugDescription)
        } catch {
            throw JSONPath.root.error("\(error)")
        }
    }
}

/// The slot of one value during encoding. A class, because Codable containers write into their
/// parent after the parent has moved on. Instances never outlive one call of `encode`.
final class EncodingNode {
    private enum Content {
        case empty
        case value(JSONValue)
        case elements([EncodingNode])
        case members([(name: String, node: EncodingNode)])
    }

    let path: JSONPath
    private var content = Content.empty

    init(path: JSONPath) {
        self.path = path
    }

    static func encode(_ value: some Encodable, at path: JSONPath) throws -> JSONValue {
        if let value = value as? JSONValue { return value }
        let node = EncodingNode(path: path)
        try value.encode(to: ValueEncoder(node: node))
        return try node.value()
    }

    func set(_ value: JSONValue) {
        content = .value(value)
    }

    var elementCount: Int {
        guard case .elements(let nodes) = content else { return 0 }
        return nodes.count
    }

    /// Codable allows a type to request a container twice: the second one continues the first.
    func becomeArray() {
        guard case .elements = content else { return content = .elements([]) }
    }

    func becomeObject() {
        guard case .members = content else { return content = .members([]) }
    }

    func appendElement() -> EncodingNode {
        guard case .elements(var nodes) = content else { return EncodingNode(path: path) }
        // Release the array first, so that the append does not copy it.
        content = .empty
        let node = EncodingNode(path: path.element(nodes.count))
        nodes.append(node)
        content = .elements(nodes)
        return node
    }

    /// A name that is encoded twice keeps its position and takes the later value.
    func member(_ name: String) -> EncodingNode {
        guard case .members(var nodes) = content else { return EncodingNode(path: path) }
        content = .empty
        let node = EncodingNode(path: path.member(name))
        if let index = nodes.firstIndex(where: { $0.name.isIdentical(to: name) }) {
            nodes[index].node = node
        } else {
            nodes.append((name, node))
        }
        content = .members(nodes)
        return node
    }

    func value() throws -> JSONValue {
        switch content {
        case .empty: throw path.error("the type encoded nothing")
        case .value(let value): value
        case .elements(let nodes): .array(try nodes.map { try $0.value() })
        case .members(let nodes):
            .object(try nodes.map { JSONMember($0.name, try $0.node.value()) })
        }
    }
}

/// One value to encode. It is its own single-value container.
struct ValueEncoder: Encoder, SingleValueEncodingContainer {
    let node: EncodingNode

    var codingPath: [any CodingKey] { node.path.codingPath }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        node.becomeObject()
        return KeyedEncodingContainer(ObjectEncoder<Key>(node: node))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.becomeArray()
        return ArrayEncoder(node: node)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() throws { node.set(.null) }
    func encode(_ value: Bool) throws { node.set(.bool(value)) }
    func encode(_ value: String) throws { node.set(.string(value)) }
    func encode(_ value: Double) throws { node.set(.double(value)) }
    /// Converted through its shortest digits: `Float` 0.1 becomes 0.1, not 0.10000000149011612.
    func encode(_ value: Float) throws { node.set(.double(Double("\(value)") ?? Double(value))) }
    func encode(_ value: Int) throws { node.set(.integer(Int64(value))) }
    func encode(_ value: Int8) throws { node.set(.integer(Int64(value))) }
    func encode(_ value: Int16) throws { node.set(.integer(Int64(value))) }
    func encode(_ value: Int32) throws { node.set(.integer(Int64(value))) }
    func encode(_ value: Int64) throws { node.set(.integer(value)) }
    func encode(_ value: UInt) throws { set(UInt64(value)) }
    func encode(_ value: UInt8) throws { set(UInt64(value)) }
    func encode(_ value: UInt16) throws { set(UInt64(value)) }
    func encode(_ value: UInt32) throws { set(UInt64(value)) }
    func encode(_ value: UInt64) throws { set(value) }
    func encode(_ value: some Encodable) throws {
        node.set(try EncodingNode.encode(value, at: node.path))
    }

    private func set(_ value: UInt64) {
        node.set(Int64(exactly: value).map(JSONValue.integer) ?? .unsigned(value))
    }
}
