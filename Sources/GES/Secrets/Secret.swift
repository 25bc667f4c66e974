/// A password, key or token. Printing, interpolating and dumping it shows `<secret>`, so that it
/// cannot leak through logs or errors by accident.
package struct Secret: Hashable, Sendable {
    /// The plain text. Use it only where the secret is sent.
    let revealed: String

    package init(_ text: String) {
        revealed = text
    }

    package var byteCount: Int { revealed.utf8.count }

    /// Compares in constant time: timing reveals only whether the lengths differ.
    package func isEqual(to text: String) -> Bool {
        let (own, other) = (Array(revealed.utf8), Array(text.utf8))
        guard own.count == other.count else { return false }
        return zip(own, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<secret>" }
    package var debugDescription: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
