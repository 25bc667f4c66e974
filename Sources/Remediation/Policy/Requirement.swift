/// How often decisions must have been right before mode `auto` acts without a person.
package struct Requirement: Hashable, Sendable {
    /// The least share of right decisions, 0 to 1.
    package var precision: Double
    /// How many decisions must be known to be right or wrong.
    package var decisions: Int

    package init(precision: Double, decisions: Int) {
        self.precision = precision
        self.decisions = decisions
    }

    /// The precision in percent and the number.
    package var text: String {
        "\(Proportion.percent(precision)) of at least \(decisions) decisions were right"
    }

    /// What cannot be read may have been wrong.
    package func isMet(by score: Scorecard.Score) -> Bool {
        score.unread == 0 && score.judged >= decisions
            && (score.precision.map { $0.value >= precision } ?? false)
    }
}
