/// Warnings and infos of a query, which do not make it fail. Each text occurs once, in sorted
/// order.
package struct Annotations: Hashable, Sendable {
    private var warningSet: Set<String> = []
    private var infoSet: Set<String> = []

    package init() {}

    /// `PromQL warning: … (1:5)`.
    package var warnings: [String] { warningSet.sorted() }
    /// `PromQL info: … (1:5)`.
    package var infos: [String] { infoSet.sorted() }

    package var isEmpty: Bool { warningSet.isEmpty && infoSet.isEmpty }

    mutating func warn(_ text: String, at position: SourcePosition) {
        warningSet.insert("PromQL warning: \(text) (\(position))")
    }

    mutating func inform(_ text: String, at position: SourcePosition) {
        infoSet.insert("PromQL info: \(text) (\(position))")
    }
}
