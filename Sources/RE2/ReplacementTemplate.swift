/// A replacement text with references to captures: `$1`, `${1}`, `$name`, `${name}`, and `$$` for a
/// dollar sign.
///
/// As in Go's `Regexp.Expand`, a name without braces is as long as possible: `$1x` means `${1x}`.
package struct ReplacementTemplate: Hashable, Sendable {
    enum Piece: Hashable, Sendable {
        case text(String)
        case number(Int)
        case name(String)
    }

    let pieces: [Piece]

    package init(_ text: String) {
        var pieces: [Piece] = []
        var literal = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            literal += rest[..<dollar]
            rest = rest[dollar...].dropFirst()
            if rest.first == "$" {
                rest.removeFirst()
                literal += "$"
            } else if let reference = ReplacementTemplate.takeReference(&rest) {
                pieces += literal.isEmpty ? [reference] : [.text(literal), reference]
                literal = ""
            } else {
                literal += "$"
            }
        }
        literal += rest
        self.pieces = literal.isEmpty ? pieces : pieces + [.text(literal)]
    }

    /// Returns nil and consumes nothing if the dollar sign does not start a reference.
    private static func takeReference(_ rest: inout Substring) -> Piece? {
        let isBraced = rest.first == "{"
        let body = isBraced ? rest.dropFirst() : rest
        let name = body.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        let after = body[name.endIndex...]
        guard !name.isEmpty, !isBraced || after.first == "}" else { return nil }
        rest = isBraced ? after.dropFirst() : after
        let isNumber = name.utf8.allSatisfy { (0x30...0x39).contains($0) }
        let hasLeadingZero = name.first == "0" && name.utf8.count > 1
        guard isNumber, !hasLeadingZero else { return .name(String(name)) }
        // A number that overflows refers to no capture and expands to nothing, like any other
        // number that is too large.
        return .number(Int(name) ?? .max)
    }
}
