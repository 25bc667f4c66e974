import GoText

/// A compiled, fully anchored pattern for label values.
///
/// A protocol, so that the store can select series by pattern without importing a
/// regular-expression engine.
package protocol LabelPattern: Sendable {
    /// The pattern as written by the user.
    var source: String { get }
    func matches(_ value: String) -> Bool
    /// All matching values if they can be listed, otherwise nil. The store looks these up in its
    /// index instead of matching every value.
    var literals: [String]? { get }
}

/// One condition on one label. A missing label has the empty value, as in PromQL.
package struct LabelMatcher: Sendable {
    package enum Condition: Sendable {
        case equal(String)
        case notEqual(String)
        case matches(any LabelPattern)
        case doesNotMatch(any LabelPattern)
    }

    package let name: String
    package let condition: Condition

    package init(name: String, _ condition: Condition) {
        self.name = name
        self.condition = condition
    }

    package func matches(_ value: String) -> Bool {
        switch condition {
        case .equal(let expected): value.hasSameBytes(as: expected)
        case .notEqual(let excluded): !value.hasSameBytes(as: excluded)
        case .matches(let pattern): pattern.matches(value)
        case .doesNotMatch(let pattern): !pattern.matches(value)
        }
    }

    package func matches(_ labels: Labels) -> Bool {
        matches(labels[name])
    }
}

extension LabelMatcher: Hashable, CustomStringConvertible {
    /// `=`, `!=`, `=~` or `!~`.
    package var operatorText: String {
        switch condition {
        case .equal: "="
        case .notEqual: "!="
        case .matches: "=~"
        case .doesNotMatch: "!~"
        }
    }

    /// The right-hand side of the operator, without quotes.
    package var operandText: String {
        switch condition {
        case .equal(let text), .notEqual(let text): text
        case .matches(let pattern), .doesNotMatch(let pattern): pattern.source
        }
    }

    package var description: String {
        let shown = Labels.isLegacyLabelName(name) ? name : name.goQuoted
        return shown + operatorText + operandText.goQuoted
    }

    package static func == (left: LabelMatcher, right: LabelMatcher) -> Bool {
        left.operatorText == right.operatorText && left.name.hasSameBytes(as: right.name)
            && left.operandText.hasSameBytes(as: right.operandText)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(operatorText)
        hasher.combine(operandText)
    }
}
