import Time

/// The subset of DER (X.690) that a certificate needs.
enum DER {
    static func sequence(_ parts: [UInt8]...) -> [UInt8] {
        tagged(0x30, parts.flatMap(\.self))
    }

    static func set(_ content: [UInt8]) -> [UInt8] { tagged(0x31, content) }

    /// A non-negative number, most significant byte first.
    static func integer(_ bytes: [UInt8]) -> [UInt8] {
        let digits = bytes.drop { $0 == 0 }
        let needsZero = digits.first.map { $0 >= 0x80 } ?? true
        return tagged(0x02, (needsZero ? [0] : []) + digits)
    }

    static func text(_ text: String) -> [UInt8] { tagged(0x0C, Array(text.utf8)) }
    static func octets(_ bytes: [UInt8]) -> [UInt8] { tagged(0x04, bytes) }
    static func bits(_ bytes: [UInt8]) -> [UInt8] { tagged(0x03, [0] + bytes) }
    static func boolean(_ value: Bool) -> [UInt8] { tagged(0x01, [value ? 0xFF : 0]) }

    /// `20250102030405Z`
    static func time(_ time: Timestamp) -> [UInt8] {
        tagged(0x18, Array(time.iso8601Basic.utf8.filter { $0 != UInt8(ascii: "T") }))
    }

    /// The content bytes of an object identifier.
    static func identifier(_ content: [UInt8]) -> [UInt8] { tagged(0x06, content) }

    static func tagged(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        [tag] + length(content.count) + content
    }

    private static func length(_ count: Int) -> [UInt8] {
        guard count >= 0x80 else { return [UInt8(count)] }
        var digits: [UInt8] = []
        var rest = count
        while rest > 0 {
            digits.insert(UInt8(rest & 0xFF), at: 0)
            rest >>= 8
        }
        return [0x80 | UInt8(digits.count)] + digits
    }
}
