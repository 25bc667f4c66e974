/// Padded base64 (RFC 4648, section 4).
package enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )
    private static let none: UInt8 = 0xFF
    /// The six bits of each byte of text.
    private static let bits: [UInt8] = {
        var table = [UInt8](repeating: none, count: 256)
        for (index, letter) in alphabet.enumerated() { table[Int(letter)] = UInt8(index) }
        return table
    }()

    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var pending: UInt32 = 0
        var count = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            count += 1
            guard count == 3 else { continue }
            append(pending, letters: 4, to: &text)
            (pending, count) = (0, 0)
        }
        if count > 0 {
            append(pending << (8 * UInt32(3 - count)), letters: count + 1, to: &text)
            text.append(contentsOf: repeatElement(UInt8(ascii: "="), count: 3 - count))
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func append(_ group: UInt32, letters: Int, to text: inout [UInt8]) {
        for place in 0..<UInt32(letters) {
            text.append(alphabet[Int(group >> (18 - 6 * place) & 63)])
        }
    }

    /// nil unless the text is what `encode` writes.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let letters = Array(text.utf8)
        guard letters.count.isMultiple(of: 4) else { return nil }
        let padding = letters.suffix(2).count { $0 == UInt8(ascii: "=") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(letters.count / 4 * 3)
        var pending: UInt32 = 0
        for (index, letter) in letters.dropLast(padding).enumerated() {
            let value = bits[Int(letter)]
            guard value != none else { return nil }
            pending = pending << 6 | UInt32(value)
            guard index % 4 == 3 else { continue }
            bytes.append(UInt8(truncatingIfNeeded: pending >> 16))
            bytes.append(UInt8(truncatingIfNeeded: pending >> 8))
            bytes.append(UInt8(truncatingIfNeeded: pending))
            pending = 0
        }
        switch padding {
        case 1: bytes += [UInt8(truncatingIfNeeded: pending >> 10), UInt8(pending >> 2 & 0xFF)]
        case 2: bytes.append(UInt8(truncatingIfNeeded: pending >> 4))
        default: return bytes
        }
        // Bits behind the last byte would be lost without notice.
        let rest = padding == 1 ? pending & 0x3 : pending & 0xF
        return rest == 0 ? bytes : nil
    }
}
