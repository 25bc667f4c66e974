package import RE2
import Series

/// The pattern of `=~` and `!~`, which must match a whole label value.
///
/// Patterns are equal if their text is the same byte for byte, so that expressions are equal if and
/// only if they print the same.
package struct LabelValuePattern: LabelPattern {
    private let matcher: FullMatcher

    package init(_ source: String) throws(RegularExpressionError) {
        matcher = try FullMatcher(source)
    }

    init(_ source: String, within budget: inout PatternBudget) throws(RegularExpressionError) {
        matcher = try FullMatcher(source, within: &budget)
    }

    package var source: String { matcher.pattern }

    package func matches(_ value: String) -> Bool { matcher.matches(value) }

    package func stepCount(forBytes count: Int) -> Int { matcher.stepCount(forBytes: count) }

    package func matches<Failure: Error>(
        _ value: String,
        _ work: (Int) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
        try matcher.matches(value, work)
    }

    package var literals: [String]? { matcher.texts }
}

extension LabelValuePattern: Hashable {
    package static func == (left: LabelValuePattern, right: LabelValuePattern) -> Bool {
        left.source.hasSameBytes(as: right.source)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(source)
    }
}
