/// Label text is bytes: equality and order are those of its UTF-8, as in Prometheus.
///
/// Swift's own `==` and `<` on strings go by canonical equivalence, under which two texts that
/// Prometheus holds apart (a composed and a decomposed é) would be one label.
extension String {
    package func hasSameBytes(as other: String) -> Bool {
        // The length decides most cases without a call, and equal bytes imply canonical
        // equivalence, so that the standard comparison decides nearly all others.
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

/// A string as dictionary key, by its bytes.
package struct TextKey: Hashable, Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static func == (left: TextKey, right: TextKey) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }
}
