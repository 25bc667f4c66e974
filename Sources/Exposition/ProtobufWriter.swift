/// Writes the binary form of Protocol Buffers (https://protobuf.dev/programming-guides/encoding), as
/// far as metrics need it. A field that is zero or empty is left out, as in proto3.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    private enum WireType: UInt64 {
        case varint = 0
        case fixed64 = 1
        case lengthDelimited = 2
    }

    mutating func text(_ field: UInt64, _ value: String) {
        guard !value.isEmpty else { return }
        append(Array(value.utf8), to: field)
    }

    /// A field of a oneof, whose presence tells something.
    mutating func presentText(_ field: UInt64, _ value: String) {
        append(Array(value.utf8), to: field)
    }

    mutating func message(_ field: UInt64, _ build: (inout ProtobufWriter) -> Void) {
        var nested = ProtobufWriter()
        build(&nested)
        append(nested.bytes, to: field)
    }

    /// Also a Boolean or a value of an enumeration.
    mutating func number(_ field: UInt64, _ value: UInt64) {
        guard value != 0 else { return }
        begin(field, .varint)
        varint(value)
    }

    mutating func fixed64(_ field: UInt64, _ value: UInt64) {
        guard value != 0 else { return }
        begin(field, .fixed64)
        littleEndian(value)
    }

    mutating func double(_ field: UInt64, _ value: Double) {
        guard value.bitPattern != 0 else { return }
        presentDouble(field, value)
    }

    /// A field of a oneof, or an optional one, whose presence tells something.
    mutating func presentDouble(_ field: UInt64, _ value: Double) {
        begin(field, .fixed64)
        littleEndian(value.bitPattern)
    }

    mutating func packedFixed64(_ field: UInt64, _ values: [UInt64]) {
        guard !values.isEmpty else { return }
        begin(field, .lengthDelimited)
        varint(UInt64(values.count * 8))
        for value in values { littleEndian(value) }
    }

    private mutating func append(_ content: [UInt8], to field: UInt64) {
        begin(field, .lengthDelimited)
        varint(UInt64(content.count))
        bytes += content
    }

    private mutating func begin(_ field: UInt64, _ type: WireType) {
        varint(field << 3 | type.rawValue)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func littleEndian(_ value: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
