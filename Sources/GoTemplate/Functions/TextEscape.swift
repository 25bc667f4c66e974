/// Go's escapes for text that is embedded in other languages.
enum TextEscape {
    static func html(_ text: String) -> String {
        replacing(text) { scalar in
            switch scalar {
            case "<": "&lt;"
            case ">": "&gt;"
            case "&": "&amp;"
            case "\"": "&#34;"
            case "'": "&#39;"
            case "\0": "\u{FFFD}"
            default: nil
            }
        }
    }

    static func javaScript(_ text: String) -> String {
        replacing(text) { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "'": "\\'"
            case "\"": "\\\""
            case "<", ">", "&", "=", "\u{0}"..."\u{1F}": "\\u00" + hexadecimal(UInt8(scalar.value))
            default: nil
            }
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }

    private static func replacing(_ text: String, _ escape: (Unicode.Scalar) -> String?) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if let escaped = escape(scalar) {
                result += escaped
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
