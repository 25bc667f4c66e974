/// Label text is bytes: equality and order are those of the UTF-8 encoding, as in Prometheus.
///
/// Swift's `==` and `<` use canonical equivalence, which would merge two labels that Prometheus
/// keeps apart (a composed and a decomposed é).
extension String {
    package func hasSameBytes(as other: String) -> Bool {
        // The length settles most cases cheaply. Equal bytes imply canonical equivalence, so the
        // fast standard comparison settles nearly all others.
        guard utf8.count == other.utf8.count, self == other else { return false }
        let (left, right) = (utf8.span, other.utf8.span)
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }

    package func precedesBytewise(_ other: String) -> Bool {
        let (left, right) = (utf8.span, other.utf8.span)
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return left[index] < right[index]
        }
        return left.count < right.count
    }
}

/// A string as a dictionary key, compared by its bytes.
package struct TextKey: Hashable, Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static func == (left: TextKey, right: TextKey) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }
}
