import GoText

extension Lexer {
    // MARK: Numbers and durations

    mutating func numberOrDuration() -> Token.Kind {
        if skipNumber() { return .number }
        if skipDuration() { return .duration }
        return .invalid(
            "bad number or duration syntax: " + source.text(start..<offset).goQuoted
        )
    }

    /// Skips a number. Returns false if there is none; `offset` then follows the offending
    /// character, because the message quotes everything up to it.
    private mutating func skipNumber() -> Bool {
        var isHexadecimal = false
        if peek() == UInt8(ascii: "0"), let mark = peek(1), mark | 0x20 == UInt8(ascii: "x") {
            offset += 2
            isHexadecimal = true
        }
        var hasPoint = false
        var hasExponent = false
        scan: while let byte = peek() {
            switch byte {
            case _ where isHexadecimal ? byte.hexadecimalDigit != nil : byte.isDigit:
                offset += 1
            case UInt8(ascii: "."):
                offset += 1
                if hasPoint || acceptNext("._") || isHexadecimal { return false }
                hasPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                offset += 1
                if hasExponent { return false }
                hasExponent = true
                _ = acceptNext("+-")
                if acceptNext("._eE") || peek() == nil { return false }
            case UInt8(ascii: "_"):
                offset += 1
                if acceptNext("._eE") || peek() == nil { return false }
            default: break scan
            }
        }
        return peek()?.isLetterOrDigit != true
    }

    /// Consumes the next character if it is invalid here, so that the message includes it.
    private mutating func acceptNext(_ characters: String) -> Bool {
        guard isNext(characters) else { return false }
        offset += 1
        return true
    }

    private func isNext(_ characters: String) -> Bool {
        guard let byte = peek() else { return false }
        return characters.utf8.contains(byte)
    }

    /// Continues after the digits of a number that turned out to be a duration. The order of units
    /// is checked later.
    private mutating func skipDuration() -> Bool {
        guard skipUnit() else { return false }
        while peek()?.isDigit == true {
            skip { $0.isDigit }
            guard skipUnit() else { return false }
        }
        guard peek()?.isLetterOrDigit == true else { return true }
        offset += 1
        return false
    }

    private mutating func skipUnit() -> Bool {
        guard isNext("smhdwy") else { return false }
        offset += 1
        if peek() == UInt8(ascii: "s") { offset += 1 }
        return true
    }

    // MARK: Strings

    mutating func string(quote: UInt8) -> Token.Kind {
        let isRaw = quote == UInt8(ascii: "`")
        offset += 1
        while let byte = peek() {
            switch byte {
            case quote:
                offset += 1
                return .string
            case UInt8(ascii: "\\") where !isRaw:
                offset += 1
                if let problem = skipEscape(quote: quote) { return .invalid(problem) }
            case UInt8(ascii: "\n") where !isRaw: return .invalid("unterminated quoted string")
            case _ where source.scalar(at: offset) == "\u{FFFD}":
                // Input is decoded leniently before it gets here, so invalid bytes appear as this
                // character.
                return .invalid("invalid UTF-8 rune")
            default:
                offset += 1
                skip { $0 & 0xc0 == 0x80 }
            }
        }
        return .invalid(isRaw ? "unterminated raw string" : "unterminated quoted string")
    }

    /// Skips the rest of an escape sequence. Returns the error message if it is invalid.
    private mutating func skipEscape(quote: UInt8) -> String? {
        guard let byte = peek() else { return "escape sequence not terminated" }
        switch byte {
        case UInt8(ascii: "a"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "v"), UInt8(ascii: "\\"), quote:
            offset += 1
            return nil
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            return skipCode(digits: 3, base: 8, maximum: 255)
        case UInt8(ascii: "x"):
            offset += 1
            return skipCode(digits: 2, base: 16, maximum: 255)
        case UInt8(ascii: "u"):
            offset += 1
            return skipCode(digits: 4, base: 16, maximum: 0x10ffff)
        case UInt8(ascii: "U"):
            offset += 1
            return skipCode(digits: 8, base: 16, maximum: 0x10ffff)
        default:
            let shown = source.scalar(at: offset)?.codePointDescription ?? ""
            return "unknown escape sequence \(shown)"
        }
    }

    private mutating func skipCode(digits: Int, base: UInt32, maximum: UInt32) -> String? {
        var code: UInt32 = 0
        for _ in 0..<digits {
            guard let byte = peek() else { return "escape sequence not terminated" }
            guard let digit = byte.hexadecimalDigit, UInt32(digit) < base else {
                let shown = source.scalar(at: offset)?.codePointDescription ?? ""
                return "illegal character \(shown) in escape sequence"
            }
            code = code &* base &+ UInt32(digit)
            offset += 1
        }
        let isSurrogate = (0xd800..<0xe000).contains(code)
        return code > maximum || isSurrogate
            ? "escape sequence is an invalid Unicode code point" : nil
    }
}
