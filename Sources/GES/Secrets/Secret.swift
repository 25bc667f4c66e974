/// A password, key or token. Never shows itself: not when printed, interpolated, dumped or in an error.
package struct Secret: Hashable, Sendable {
    /// The text itself, for the one place that sends it.
    let revealed: String

    package init(_ text: String) {
        revealed = text
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<secret>" }
    package var debugDescription: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
