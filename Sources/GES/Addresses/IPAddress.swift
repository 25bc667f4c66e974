/// An IP address, read in every notation that the C library and libcurl take for one.
///
/// A listing names the addresses to which credentials are sent. An address that is read here in one
/// way and by libcurl in another would pass the check of its scope, so requests only ever use the
/// canonical text of the parsed value.
package struct IPAddress: Hashable, Sendable {
    /// In network byte order: 4 bytes for IPv4, 16 for IPv6.
    let bytes: [UInt8]

    /// Reads IPv4 as inet_aton(3) does, so that `127.1`, `0x7f000001` and `2130706433` are
    /// 127.0.0.1, and IPv6 as inet_pton(3) does. Returns nil for anything else, such as a host
    /// name, an address with a zone, or one in brackets.
    package init?(_ text: String) {
        guard let bytes = text.utf8.contains(colon) ? Self.version6(text) : Self.version4(text)
        else { return nil }
        self.bytes = bytes
    }

    /// Reads only the usual notation of IPv4, four decimal numbers, as inet_pton(3) does.
    init?(strict text: String) {
        guard
            let bytes = text.utf8.contains(colon)
                ? Self.version6(text) : Self.dottedQuad(text[...])
        else { return nil }
        self.bytes = bytes
    }

    init(bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    var isVersion6: Bool { bytes.count == 16 }

    /// The /24 of an IPv4 address, the /64 of an IPv6 address.
    var neighbourhood: String {
        let kept = isVersion6 ? 8 : 3
        let network = IPAddress(
            bytes: bytes.prefix(kept) + Array(repeating: 0, count: bytes.count - kept)
        )
        return "\(network)/\(kept * 8)"
    }
}

// MARK: - IPv4

extension IPAddress {
    /// One to four numbers, each decimal, octal or hexadecimal. The last one fills the bytes that
    /// remain.
    private static func version4(_ text: String) -> [UInt8]? {
        // By bytes, which takes a tenth of the time: addresses are read before every request.
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .map(Substring.init)
        guard parts.count <= 4, let last = parts.last.flatMap(number) else { return nil }
        var bytes: [UInt8] = []
        for part in parts.dropLast() {
            guard let value = number(part), let byte = UInt8(exactly: value) else { return nil }
            bytes.append(byte)
        }
        let rest = 4 - bytes.count
        guard last < 1 << (8 * UInt64(rest)) else { return nil }
        return bytes + (0..<rest).reversed().map { UInt8(truncatingIfNeeded: last >> (8 * $0)) }
    }

    /// As strtoul(3) reads it with base 0, without a sign or spaces.
    private static func number(_ text: Substring) -> UInt64? {
        guard text.utf8.first.map(isDigit) ?? false else { return nil }
        guard text.utf8.first == UInt8(ascii: "0") else { return value(text, radix: 10) }
        let rest = text.utf8.dropFirst()
        if rest.first == UInt8(ascii: "x") || rest.first == UInt8(ascii: "X") {
            return value(Substring(rest.dropFirst()), radix: 16)
        }
        return value(text, radix: 8)
    }

    private static func value(_ digits: Substring, radix: Int) -> UInt64? {
        // The initialiser would accept a sign.
        guard digits.utf8.first != UInt8(ascii: "+"), digits.utf8.first != UInt8(ascii: "-") else {
            return nil
        }
        return UInt64(digits, radix: radix)
    }

    private static func dottedQuad(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            let isDecimal =
                part.utf8.allSatisfy(isDigit) && (part.utf8.count == 1 || part.first != "0")
            guard isDecimal, let byte = UInt8(part) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

// MARK: - IPv6

extension IPAddress {
    private static func version6(_ text: String) -> [UInt8]? {
        guard let gap = text.range(of: "::") else {
            guard let bytes = groups(text[...], isLast: true), bytes.count == 16 else { return nil }
            return bytes
        }
        guard let front = groups(text[..<gap.lowerBound], isLast: false),
            let back = groups(text[gap.upperBound...], isLast: true),
            front.count + back.count <= 14
        else { return nil }
        return front + Array(repeating: 0, count: 16 - front.count - back.count) + back
    }

    /// Groups of up to four hexadecimal digits; the last one may be a dotted IPv4 address.
    private static func groups(_ text: Substring, isLast: Bool) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if isLast, index == parts.count - 1, let quad = dottedQuad(part) {
                bytes += quad
                continue
            }
            guard (1...4).contains(part.utf8.count), part.utf8.first != UInt8(ascii: "+"),
                part.utf8.first != UInt8(ascii: "-"), let value = UInt16(part, radix: 16)
            else { return nil }
            bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
        }
        return bytes
    }
}

private let colon = UInt8(ascii: ":")

extension String {
    /// The first occurrence of `text`.
    fileprivate func range(of text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) {
                return start..<index(start, offsetBy: text.count)
            }
            start = index(after: start)
        }
        return nil
    }
}

// MARK: - Text

extension IPAddress: CustomStringConvertible {
    /// The canonical text: four decimal numbers, or IPv6 as RFC 5952 writes it.
    package var description: String {
        guard isVersion6 else { return bytes.map(String.init).joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map {
            UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
        }
        let text = { (part: ArraySlice<UInt16>) in
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        let gap = Self.longestGap(groups)
        guard gap.count > 1 else { return text(groups[...]) }
        return "\(text(groups[..<gap.lowerBound]))::\(text(groups[gap.upperBound...]))"
    }

    /// The first of the longest runs of zeros.
    private static func longestGap(_ groups: [UInt16]) -> Range<Int> {
        var (longest, start) = (0..<0, 0)
        for end in 0...groups.count where end == groups.count || groups[end] != 0 {
            if end - start > longest.count { longest = start..<end }
            start = end + 1
        }
        return longest
    }
}
