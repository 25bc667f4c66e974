/// A password, key or token. Never shows itself: not when printed, interpolated, dumped or in an error.
package struct Secret: Hashable, Sendable {
    /// The text itself, for the one place that sends it.
    let revealed: String

    package init(_ text: String) {
        revealed = text
    }

    package var byteCount: Int { revealed.utf8.count }

    /// Whether the text is this secret, in a time that tells only their lengths.
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
