import GoText

/// A compiled, fully anchored pattern for label values.
///
/// A protocol, so that the store can select series by pattern without importing a
/// regular-expression engine.
package protocol LabelPattern: Sendable {
    /// The pattern as written by the user.
    var source: String { get }
    func matches(_ value: String) -> Bool
    /// About how many steps a match of a value of so many bytes takes at most.
    func stepCount(forBytes count: Int) -> Int
    /// Like `matches`, but passes the steps to `work` now and then, which ends a match that takes
    /// too long by throwing.
    func matches<Failure: Error>(
        _ value: String,
        _ work: (Int) throws(Failure) -> Void
    ) throws(Failure) -> Bool
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

    private var pattern: (any LabelPattern)? {
        switch condition {
        case .equal, .notEqual: nil
        case .matches(let pattern), .doesNotMatch(let pattern): pattern
        }
    }

    /// Like `matches`, but counts the steps, and passes them to `work` in batches.
    ///
    /// - Parameter steps: those not passed yet.
    func matches<Failure: Error>(
        _ value: String,
        _ steps: inout Int,
        _ work: (Int) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
        let count = 1 + (pattern?.stepCount(forBytes: value.utf8.count) ?? 0)
        steps += min(count, Self.batch)
        if steps >= Self.batch {
            try work(steps)
            steps = 0
        }
        guard count >= Self.batch, let pattern else { return matches(value) }
        let isMatch = try pattern.matches(value, work)
        if case .matches = condition { return isMatch }
        return !isMatch
    }

    private static let batch = 1 << 13
}

extension [LabelMatcher] {
    /// The same for equal matchers, in every process.
    package var digest: UInt64 {
        reduce(Labels.emptyDigest) { digest, matcher in
            let condition = Digest.of(matcher.operatorText + matcher.operandText)
            return Digest.combine(Digest.combine(digest, Digest.of(matcher.name)), condition)
        }
    }

    /// Whether all hold.
    ///
    /// - Parameter work: called now and then with the number of steps since the last call; throws
    ///   to end the match.
    package func areSatisfied<Failure: Error>(
        by labels: Labels,
        _ work: (Int) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
        var steps = 0
        for matcher in self {
            guard try matcher.matches(labels[matcher.name], &steps, work) else { return false }
        }
        try work(steps)
        return true
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
