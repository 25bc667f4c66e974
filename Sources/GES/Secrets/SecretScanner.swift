/// One pass over a text that hides the values after the names of secrets; linear in its length.
struct SecretScanner {
    private(set) var shown: [UInt8] = []

    /// How a character is written: as it is, `\u0026`, or `%26`.
    private enum Spelling { case plain, escaped, percent }

    private let raw: [UInt8]
    /// The characters, with escapes decoded where they stand for ASCII.
    private var bytes: [UInt8] = []
    private var spellings: [Spelling] = []
    /// Where each character begins in `raw`.
    private var starts: [Int] = []
    private var position = 0

    private static let quotes: Set = [UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`")]
    private static let gaps: Set = [
        UInt8(ascii: "\\"), UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"),
        UInt8(ascii: "\r"), UInt8(ascii: "+"),
    ]
    private static let ends: Set = [
        UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "}"),
        UInt8(ascii: "]"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\""),
        UInt8(ascii: "'"), UInt8(ascii: "`"),
    ]

    init(_ text: String) {
        raw = Array(text.utf8)
        shown.reserveCapacity(raw.count)
        bytes.reserveCapacity(raw.count)
        var index = 0
        while index < raw.count {
            let (byte, spelling, length) = Self.character(raw, at: index)
            bytes.append(byte)
            spellings.append(spelling)
            starts.append(index)
            index += length
        }
        starts.append(raw.count)
    }

    private static func character(
        _ raw: [UInt8],
        at index: Int
    ) -> (UInt8, Spelling, length: Int) {
        let byte = raw[index]
        if byte == UInt8(ascii: "%"), let value = hexadecimal(raw, index + 1, 2), value < 0x80 {
            return (value, .percent, 3)
        }
        if byte == UInt8(ascii: "\\"), index + 1 < raw.count, raw[index + 1] == UInt8(ascii: "u"),
            let high = hexadecimal(raw, index + 2, 2), high == 0,
            let low = hexadecimal(raw, index + 4, 2), low < 0x80
        {
            return (low, .escaped, 6)
        }
        return (byte, .plain, 1)
    }

    private static func hexadecimal(_ raw: [UInt8], _ start: Int, _ count: Int) -> UInt8? {
        guard start + count <= raw.count else { return nil }
        return UInt8(String(decoding: raw[start..<start + count], as: UTF8.self), radix: 16)
    }

    mutating func run() {
        while position < bytes.count {
            if Self.isNameByte(bytes[position]) {
                takeName()
            } else if bytes[position...].starts(with: "://".utf8) {
                show(position + 3)
                hideUserPart()
            } else {
                show(position + 1)
            }
        }
    }

    private mutating func show(_ end: Int) {
        shown += raw[starts[position]..<starts[end]]
        position = end
    }

    private mutating func hide(_ end: Int) {
        shown += Array(SecretFields.mark.utf8)
        position = end
    }

    // MARK: Names

    /// A name of a secret that a value follows: the value is hidden.
    private mutating func takeName() {
        let start = position
        var end = position
        while end < bytes.count, Self.isNameByte(bytes[end]) { end += 1 }
        let name = bytes[start..<end]
        show(end)
        if SecretFields.isSecret(name) {
            if let value = valueStart(after: end) {
                show(value)
                let isHeader = SecretFields.isHeader(name)
                let quote = start > 0 && isQuote(start - 1) ? bytes[start - 1] : nil
                hideValue(asHeaderIn: isHeader ? .some(quote) : nil)
            } else if let value = argumentStart(after: end) {
                show(value)
                hideValue(asHeaderIn: nil)
            }
        } else {
            hideWithoutName(after: name)
        }
    }

    /// Where the value after a name begins; nil if no `:` or `=` follows.
    private func valueStart(after end: Int) -> Int? {
        var index = end
        while index < bytes.count, Self.gaps.contains(bytes[index]) || isQuote(index) { index += 1 }
        guard index < bytes.count,
            bytes[index] == UInt8(ascii: ":") || bytes[index] == UInt8(ascii: "=")
        else { return nil }
        return skipGaps(from: index + 1)
    }

    /// Where the value begins after a quoted name that is an argument or an element, as in
    /// `property('password', 'x')`, or the value of a member, as in
    /// `{"key":"password","value":"x"}`.
    private func argumentStart(after end: Int) -> Int? {
        var index = skipGaps(from: end)
        guard index < bytes.count, isQuote(index) else { return nil }
        index = skipGaps(from: index + 1)
        guard index < bytes.count, bytes[index] == UInt8(ascii: ",") else { return nil }
        index = skipGaps(from: index + 1)
        guard index < bytes.count, isQuote(index) else { return nil }
        let close = endOfQuoted(from: index)
        guard close < bytes.count, let value = valueStart(after: close) else { return index }
        let name = SecretFields.plain(bytes[index + 1..<close])
        return SecretPairs.values.contains(name) ? value : nil
    }

    private func skipGaps(from index: Int) -> Int {
        var index = index
        while index < bytes.count, Self.gaps.contains(bytes[index]) { index += 1 }
        return index
    }

    /// Credentials that are known by what stands before them.
    private mutating func hideWithoutName(after name: ArraySlice<UInt8>) {
        let rest = bytes[position...]
        switch SecretFields.plain(name) {
        case "private" where rest.starts(with: " KEY-----".utf8):
            show(position + " KEY-----".utf8.count)
            var end = position
            while end < bytes.count, !bytes[end...].starts(with: "-----END".utf8) { end += 1 }
            hide(end)
            while end < bytes.count, !bytes[..<end].hasSuffix("KEY-----") { end += 1 }
            show(end)
        case let word where word == "bearer" || word == "basic":
            let start = skipGaps(from: position)
            var end = start
            while end < bytes.count, Self.isTokenByte(bytes[end]) { end += 1 }
            let token = bytes[start..<end]
            // "basic configuration" is none.
            let isWord = token.allSatisfy { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") }
            guard start > position, token.count >= 8, !isWord else { return }
            show(start)
            hide(end)
        default: break
        }
    }

    // MARK: Values

    /// - Parameter asHeaderIn: the quote of the string that a header is in, if it is in one; nil for
    ///   what is no header.
    private mutating func hideValue(asHeaderIn header: UInt8??) {
        guard position < bytes.count else { return }
        let first = bytes[position]
        if isQuote(position) {
            let end = endOfQuoted(from: position)
            show(position + 1)
            hide(end)
        } else if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            hide(endOfNested(from: position))
        } else {
            hide(header.map(endOfHeader) ?? endOfWord())
        }
    }

    /// What separates fields may be part of the value where it is escaped, unless what comes before
    /// the value is escaped in the same way.
    private func endOfWord() -> Int {
        let style = position > 0 ? spellings[position - 1] : .plain
        var end = position
        while end < bytes.count {
            let isSeparator = spellings[end] == .plain || spellings[end] == style
            if isSeparator, Self.ends.contains(bytes[end]) { break }
            end += 1
        }
        return end
    }

    /// To the end of the line, or of the string that the header is in.
    private func endOfHeader(in quote: UInt8?) -> Int {
        var end = position
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n"), bytes[end] != UInt8(ascii: "\r")
        {
            if bytes[end] == quote, spellings[end] == .plain, backslashes(before: end) == 0 {
                break
            }
            end += 1
        }
        return end
    }

    /// The index of the closing quote. Within a JSON string the quotes are escaped themselves: one
    /// with as many backslashes as the opening one ends the value.
    private func endOfQuoted(from start: Int) -> Int {
        let depth = backslashes(before: start)
        var index = start + 1
        while index < bytes.count {
            if bytes[index] == bytes[start], spellings[index] == spellings[start],
                backslashes(before: index) <= depth
            {
                return index - backslashes(before: index)
            }
            index += 1
        }
        return index
    }

    private func endOfNested(from start: Int) -> Int {
        var depth = 0
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return index + 1 }
            case _ where isQuote(index):
                index = endOfQuoted(from: index)
                while index < bytes.count, bytes[index] == UInt8(ascii: "\\") { index += 1 }
            default: break
            }
            index += 1
        }
        return min(index, bytes.count)
    }

    private func backslashes(before index: Int) -> Int {
        var count = 0
        while index - count - 1 >= 0, bytes[index - count - 1] == UInt8(ascii: "\\") { count += 1 }
        return count
    }

    /// Hides `user:password` before the `@` of an authority.
    private mutating func hideUserPart() {
        let stops: Set = Self.gaps.union(Self.ends).union([UInt8(ascii: "/"), UInt8(ascii: "?")])
        var index = position
        while index < bytes.count, bytes[index] != UInt8(ascii: "@") {
            if spellings[index] == .plain, stops.contains(bytes[index]) { return }
            index += 1
        }
        if index < bytes.count { hide(index) }
    }

    private func isQuote(_ index: Int) -> Bool { Self.quotes.contains(bytes[index]) }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        isNameByte(byte) || "._~+/=".utf8.contains(byte)
    }
}

extension ArraySlice<UInt8> {
    fileprivate func hasSuffix(_ text: String) -> Bool {
        suffix(text.utf8.count).elementsEqual(text.utf8)
    }
}
