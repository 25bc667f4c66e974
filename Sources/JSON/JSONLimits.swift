/// Limits on a document, beyond which it is rejected.
package struct JSONLimits: Hashable, Sendable {
    /// The maximum size in bytes. At most 64 MiB, whatever is set here: json-c counts in `Int32`.
    package var maximumBytes: Int
    /// The maximum nesting of arrays and objects; `[[1]]` has depth 2. At most 512, whatever is set
    /// here: the tree is processed recursively.
    package var maximumDepth: Int
    /// The maximum number of values, including containers. See `maximumValues(inBytes:)`.
    package var maximumValues: Int

    package init(maximumBytes: Int, maximumDepth: Int = 32, maximumValues: Int = 1_000_000) {
        self.maximumBytes = min(maximumBytes, 64 << 20)
        self.maximumDepth = min(maximumDepth, 512)
        self.maximumValues = maximumValues
    }

    /// The maximum number of values in a document of this size. A size limit alone is not enough:
    /// `[[],[],…]` takes about fifty times its text in memory. The documents of GES, Prometheus and
    /// Alertmanager have 20 bytes and more for each value; one value in 12 bytes bounds the memory
    /// at about ten times the text. Short documents may be denser.
    func maximumValues(inBytes count: Int) -> Int {
        min(maximumValues, Self.valuesOfShortDocument + count / 12)
    }

    private static let valuesOfShortDocument = 4096

    /// 16 MiB: a page with ten thousand graphs is 3 MB.
    package static let standard = JSONLimits(maximumBytes: 16 << 20)
}
