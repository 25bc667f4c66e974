/// Decodes the escapes of JSON strings.
enum JSONEscapes {
    static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// The unescaped UTF-8 of a string, whose escapes must have been validated. A lone surrogate
    /// becomes U+FFFD, as in json-c: two names that json-c treats as one must compare equal here.
    static func decode(_ content: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(content.count)
        var rest = content
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let kind = rest.popFirst() else {
                output.append(byte)
                continue
            }
            guard kind == UInt8(ascii: "u") else {
                output.append(simple[kind] ?? kind)
                continue
            }
            output.append(contentsOf: String(popScalar(&rest)).utf8)
        }
        return output
    }

    private static let simple: [UInt8: UInt8] = [
        UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A,
        UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
    ]

    private static func popScalar(_ rest: inout ArraySlice<UInt8>) -> Character {
        let high = popUnit(&rest)
        // A scalar beyond U+FFFF is escaped as two UTF-16 code units.
        let isPair = (0xD800...0xDBFF).contains(high) && rest.starts(with: "\\u".utf8)
        if isPair {
            var after = rest.dropFirst(2)
            let low = popUnit(&after)
            if (0xDC00...0xDFFF).contains(low) {
                rest = after
                let value = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
                return Character(Unicode.Scalar(value) ?? "\u{FFFD}")
            }
        }
        return Character(Unicode.Scalar(high) ?? "\u{FFFD}")
    }

    private static func popUnit(_ rest: inout ArraySlice<UInt8>) -> UInt32 {
        let digits = rest.prefix(4)
        rest = rest.dropFirst(4)
        return digits.reduce(0) { $0 << 4 | UInt32(hexDigit($1) ?? 0) }
    }
}
