/// Label names that would not fit into a path: `U__` and then every character outside
/// `[a-zA-Z0-9]` as `_HEX_`, an underscore as `__` (Prometheus' value encoding).
enum LabelNameEncoding {
    /// A name that is not encoded, or not rightly, stands for itself.
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
