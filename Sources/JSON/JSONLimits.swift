/// What a document may cost before it is refused.
package struct JSONLimits: Hashable, Sendable {
    /// Bytes of text. json-c counts in `Int32`; more than 64 MiB is refused whatever is set here.
    package var maximumBytes: Int
    /// Arrays and objects inside one another; `[[1]]` is two deep. More than 512 is refused
    /// whatever is set here: the tree is walked by recursion.
    package var maximumDepth: Int
    /// Values altogether, containers included. `[[],[],…]` costs some fifty times its text in
    /// memory, so the size alone is no bound.
    package var maximumValues: Int

    package init(maximumBytes: Int, maximumDepth: Int = 32, maximumValues: Int = 1_000_000) {
        self.maximumBytes = min(maximumBytes, 64 << 20)
        self.maximumDepth = min(maximumDepth, 512)
        self.maximumValues = maximumValues
    }

    /// 16 MiB: a list page of ten thousand graphs is 3 MB.
    package static let standard = JSONLimits(maximumBytes: 16 << 20)
}
