/// What a tag makes of a scalar, as in the YAML packages of Go that Prometheus reads its files
/// with: the standard tags convert or check the text, any other tag is ignored.
struct YAMLTag {
    private static let prefix = "tag:yaml.org,2002:"

    /// For example `str`.
    private let name: String

    /// nil for a tag that changes nothing: one of the author's own, or the non-specific `!`.
    init?(_ tag: String?) {
        guard let tag, tag.hasPrefix(Self.prefix) else { return nil }
        name = String(tag.dropFirst(Self.prefix.count))
    }

    /// The content that the tag makes of a scalar.
    func content(of text: String, isPlain: Bool) throws(YAMLProblem) -> YAMLNode.Content {
        let written = YAMLScalarKind(text)
        let fits: Bool
        switch name {
        case "str": return .scalar(text, isPlain: false)
        case "binary": return .scalar(try Self.decodeBase64(text), isPlain: false)
        case "null": fits = written == .null
        case "bool": fits = written == .bool
        case "int": fits = written == .int
        case "float": fits = written == .int || written == .float
        case "timestamp": return .scalar(text, isPlain: isPlain)
        case "map", "seq", "set", "omap", "pairs":
            throw YAMLProblem("!!\(name) needs a collection, found \(quoted(text))")
        default: return .scalar(text, isPlain: isPlain)
        }
        guard fits else { throw YAMLProblem("\(quoted(text)) is not a !!\(name)") }
        return .scalar(text, isPlain: true)
    }

    /// RFC 4648, section 4, with padding; white space between the digits is ignored.
    private static func decodeBase64(_ text: String) throws(YAMLProblem) -> String {
        let invalid = YAMLProblem("!!binary needs base64 of UTF-8 text")
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var digits = 0
        var padding = 0
        for byte in text.utf8 where !" \n\r\t".utf8.contains(byte) {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"): digit = 62
            case UInt8(ascii: "/"): digit = 63
            case UInt8(ascii: "=") where digits % 4 + padding >= 2: padding += 1; continue
            default: throw invalid
            }
            guard padding == 0 else { throw invalid }
            bits = bits << 6 | UInt32(digit)
            digits += 1
            if digits % 4 > 0 || digits == 0 { continue }
            bytes += [UInt8(bits >> 16 & 0xFF), UInt8(bits >> 8 & 0xFF), UInt8(bits & 0xFF)]
            bits = 0
        }
        guard (digits + padding) % 4 == 0, padding <= 2 else { throw invalid }
        switch digits % 4 {
        case 2: bytes.append(UInt8(bits >> 4 & 0xFF))
        case 3: bytes += [UInt8(bits >> 10 & 0xFF), UInt8(bits >> 2 & 0xFF)]
        default: break
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw invalid }
        return text
    }
}
