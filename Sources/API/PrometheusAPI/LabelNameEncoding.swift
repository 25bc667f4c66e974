/// Prometheus' value encoding of label names that cannot be part of a path: the prefix `U__`, then
/// every character outside `[a-zA-Z0-9]` as `_HEX_`, and an underscore as `__`.
enum LabelNameEncoding {
    /// Returns `text` itself if it is not encoded, or not correctly.
    static func decoded(_ text: String) -> String {
        guard text.hasPrefix("U__") else { return text }
        var name = ""
        var rest = text.dropFirst(3)
        while let character = rest.popFirst() {
            guard character == "_" else {
                name.append(character)
                continue
            }
            if rest.first == "_" {
                rest.removeFirst()
                name.append("_")
                continue
            }
            let digits = rest.prefix { $0 != "_" }
            guard digits.count <= 6, let number = UInt32(digits, radix: 16),
                let scalar = Unicode.Scalar(number), rest.dropFirst(digits.count).first == "_"
            else { return text }
            name.unicodeScalars.append(scalar)
            rest = rest.dropFirst(digits.count + 1)
        }
        return name
    }
}
