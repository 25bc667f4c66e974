import Time

/// At most `count` events in any span of length `window`. The window slides: it does not begin
/// anew on the hour, at which twice as many could pass within minutes.
package struct WindowLimit: Hashable, Sendable {
    package var window: Duration
    package var count: Int

    package init(window: Duration, count: Int) {
        self.window = window
        self.count = count
    }
}

extension WindowLimit {
    /// When a window that holds these moments (oldest first) has room for one more; nil if it has
    /// room already, or never will.
    func roomAt(after moments: [Timestamp]) -> Timestamp? {
        guard count > 0, moments.count >= count else { return nil }
        return moments[moments.count - count] + window
    }
}
