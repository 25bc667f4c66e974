import Series
package import Time

/// What one call of `RuleEngine.evaluate` did.
package struct EvaluationReport: Sendable {
    /// One element for each slot of a group that was due.
    package internal(set) var groups: [GroupResult] = []
    /// In the order in which they happened.
    package internal(set) var transitions: [AlertTransition] = []

    package struct GroupResult: Sendable {
        package let name: String
        package let file: String
        /// The slot that was evaluated.
        package let time: Timestamp
        /// Slots before this one that were given up, because nobody came in time.
        package let missed: Int
        package internal(set) var duration = Duration.zero
        /// Samples produced by the rules.
        package internal(set) var samples = 0
        /// Samples and stale markers that the store refused, as a rule because it is full.
        package internal(set) var rejectedSamples = 0
        package internal(set) var templates = TemplateCounts()
        package internal(set) var rules: [RuleResult] = []
    }

    package struct RuleResult: Sendable {
        package let name: String
        package let duration: Duration
        package let error: String?
    }
}
