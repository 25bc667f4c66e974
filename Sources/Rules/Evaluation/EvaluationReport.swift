import Series
package import Time

/// What one call of `RuleEngine.evaluate` did.
package struct EvaluationReport: Sendable {
    /// One element per evaluated slot. A group that is behind has several.
    package internal(set) var groups: [GroupResult] = []
    /// In chronological order.
    package internal(set) var transitions: [AlertTransition] = []

    package struct GroupResult: Sendable {
        package let name: String
        package let file: String
        /// The evaluated slot.
        package let time: Timestamp
        /// Slots skipped before this one because the caller was late.
        package let missed: Int
        package internal(set) var duration = Duration.zero
        /// Samples produced by the rules.
        package internal(set) var samples = 0
        /// Samples and staleness markers that the store rejected, usually because it is full.
        package internal(set) var rejectedSamples = 0
        package internal(set) var templates = TemplateCounts()
        package internal(set) var rules: [RuleResult] = []
    }

    package struct RuleResult: Sendable {
        package let name: String
        package let duration: Duration
        /// `nil` if the evaluation succeeded.
        package let error: String?
    }
}
