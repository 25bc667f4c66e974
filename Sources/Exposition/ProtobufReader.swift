/// Reads the fields of one message of Protocol Buffers
/// (https://protobuf.dev/programming-guides/encoding). The bytes may be anything: what is no message
/// ends the reading before the last byte.
struct ProtobufReader {
    enum Value: Hashable {
        case number(UInt64)
        case fixed(ArraySlice<UInt8>)
        /// A text, a message or packed numbers.
        case bytes(ArraySlice<UInt8>)
    }

    struct Field: Hashable {
        let number: UInt64
        let value: Value
    }

    private var rest: ArraySlice<UInt8>
    private var isBroken = false

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// Whether every byte belongs to a field that was read.
    var isAtEnd: Bool { rest.isEmpty && !isBroken }

    /// nil at the end, and where no field begins. Groups, which are obsolete, are not read.
    mutating func next() -> Field? {
        guard !rest.isEmpty, !isBroken else { return nil }
        guard let tag = varint(), tag >> 3 > 0, let value = value(ofType: tag & 7) else {
            isBroken = true
            return nil
        }
        return Field(number: tag >> 3, value: value)
    }

    private mutating func value(ofType type: UInt64) -> Value? {
        switch type {
        case 0: varint().map(Value.number)
        case 1: take(8).map(Value.fixed)
        case 2: varint().flatMap { take($0) }.map(Value.bytes)
        case 5: take(4).map(Value.fixed)
        default: nil
        }
    }

    private mutating func take(_ count: UInt64) -> ArraySlice<UInt8>? {
        guard count <= UInt64(rest.count) else { return nil }
        defer { rest = rest.dropFirst(Int(count)) }
        return rest.prefix(Int(count))
    }

    /// At most ten bytes.
    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for (index, byte) in rest.prefix(10).enumerated() {
            value |= UInt64(byte & 0x7F) << UInt64(7 * index)
            guard byte & 0x80 == 0 else { continue }
            rest = rest.dropFirst(index + 1)
            return value
        }
        return nil
    }
}
