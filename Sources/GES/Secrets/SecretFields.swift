import JSON

/// Hides in a quoted text what its name says is a secret. Requests of users and answers of the
/// service carry secrets that the agent does not know, such as the keys of a bucket.
///
/// It reads JSON, JSON within a JSON string, form fields, headers, URLs and the arguments of
/// queries alike, and rather hides too much than too little. A value whose end was cut off is
/// hidden to the end of the text.
package enum SecretFields {
    package static func hidden(in text: String) -> String {
        var scanner = SecretScanner(SecretPairs.hidden(in: text))
        scanner.run()
        return String(decoding: scanner.shown, as: UTF8.self)
    }

    static let mark = "\(Secret(""))"

    private static let parts = [
        "secret", "password", "passwd", "passphrase", "token", "accesskey", "credential",
        "authorization", "signature", "apikey", "privatekey", "securitykey", "cookie",
    ]
    private static let words: Set = ["ak", "sk", "pwd", "auth", "pass", "obsak", "obssk"]

    /// Whether a value under this name is a secret. Case, hyphens and underscores do not count.
    static func isSecret(_ name: some Sequence<UInt8>) -> Bool {
        let plain = plain(name)
        return words.contains(plain) || parts.contains { plain.contains($0) }
    }

    /// Whether the value of a header of this name is several words long.
    static func isHeader(_ name: some Sequence<UInt8>) -> Bool {
        let plain = plain(name)
        return plain.hasSuffix("authorization") || plain.hasSuffix("cookie")
    }

    static func plain(_ name: some Sequence<UInt8>) -> String {
        let letters = name.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
        return String(decoding: letters, as: UTF8.self).lowercased()
    }
}

/// Secrets in JSON whose name is a value too, such as `{"value":"x","key":"password"}`.
enum SecretPairs {
    private static let names: Set = [
        "name", "key", "field", "header", "param", "parameter", "property", "k", "id",
    ]
    /// What holds the value, in objects that name it.
    static let values: Set = ["value", "val", "v", "values", "content", "text", "data", "default"]
    /// JSON in a string in JSON, and so on.
    private static let maximumDepth = 4

    /// The text as it came if there is none.
    static func hidden(in text: String) -> String { hidden(in: text, depth: 0) ?? text }

    private static func hidden(in text: String, depth: Int) -> String? {
        guard depth < maximumDepth, text.contains("{"),
            let value = try? JSONValue.parse(Array(text.utf8)),
            let hidden = hidden(in: value, depth: depth),
            let bytes = try? hidden.serialized()
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Nil if nothing is hidden.
    private static func hidden(in value: JSONValue, depth: Int) -> JSONValue? {
        switch value {
        case .string(let text): return hidden(in: text, depth: depth + 1).map { .string($0) }
        case .array(let elements):
            let found = elements.map { hidden(in: $0, depth: depth) }
            guard found.contains(where: { $0 != nil }) else { return nil }
            return .array(zip(found, elements).map { $0 ?? $1 })
        case .object(let members):
            let namesSecret = members.contains { member in
                guard let name = member.value.stringValue else { return false }
                return names.contains(member.name.lowercased()) && SecretFields.isSecret(name.utf8)
            }
            var isChanged = false
            let shown = members.map { member in
                if namesSecret, values.contains(member.name.lowercased()) {
                    isChanged = true
                    return JSONMember(member.name, .string(SecretFields.mark))
                }
                guard let hidden = hidden(in: member.value, depth: depth) else { return member }
                isChanged = true
                return JSONMember(member.name, hidden)
            }
            return isChanged ? .object(shown) : nil
        default: return nil
        }
    }
}
