import Glibc

/// A host with an optional port, as in a `Host` field or a URI (RFC 3986, sections 3.2.2 and
/// 3.2.3).
struct Authority: Hashable, Sendable {
    /// In lower case; an IPv6 address without its brackets. May be empty: RFC 9112, section 3.2
    /// demands an empty `Host` from clients whose target has none.
    let host: String
    let port: Int?

    /// nil if the text is no host, such as `a/b`, `a b`, `user@a`, `a:b`, `a:99999` or `::1`.
    init?(_ text: String) {
        let bytes = text.utf8
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
        var name = text[...]
        var portText: Substring?
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            name = text[text.index(after: text.startIndex)..<end]
            portText = rest.isEmpty ? nil : rest.dropFirst()
            guard Self.isIPv6(String(name)) else { return nil }
        } else {
            if let colon = text.firstIndex(of: ":") {
                portText = text[text.index(after: colon)...]
                name = text[..<colon]
            }
            guard Self.isName(name), !(name.isEmpty && portText != nil) else { return nil }
        }
        guard let portText else {
            self.init(host: name, port: nil)
            return
        }
        // An empty port is the default one (RFC 3986, section 3.2.3).
        guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let port = UInt16(portText).map(Int.init)
        guard portText.isEmpty || port != nil else { return nil }
        self.init(host: name, port: port)
    }

    private init(host: Substring, port: Int?) {
        self.host = host.lowercased()
        self.port = port
    }

    private static func isIPv6(_ text: String) -> Bool {
        var address = in6_addr()
        return unsafe inet_pton(AF_INET6, text, &address) == 1
    }

    /// Unreserved characters, sub-delimiters and percent-encoded bytes.
    private static func isName(_ text: Substring) -> Bool {
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                continue
            case UInt8(ascii: "%"):
                guard bytes.count >= 2, bytes.prefix(2).allSatisfy(isHexadecimal) else {
                    return false
                }
                bytes.removeFirst(2)
            default:
                guard "-._~!$&'()*+,;=".utf8.contains(byte) else { return false }
            }
        }
        return true
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        Character(Unicode.Scalar(byte)).isHexDigit
    }
}
