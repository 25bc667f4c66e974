import Diagnosis
package import Remediation

/// What is known of the decisions of one entry of `graphs` about one kind of hang.
package struct ScoreRow: Hashable, Sendable {
    package let key: Scorecard.Key
    package let score: Scorecard.Score
    /// What mode `auto` of the entry requires; nil if it requires nothing, or has another mode.
    package let requirement: Requirement?

    /// Whether `auto` acts without a person; nil if nothing is required.
    package var isMet: Bool? { requirement?.isMet(by: score) }
}

extension Status {
    /// The scorecard by entry and kind of hang, with a row of zeros for what is required of an entry
    /// and nothing is known of yet: it asks as well.
    package var scoreRows: [ScoreRow] {
        var requirements: [String: Requirement] = [:]
        for entry in settings?.graphs ?? [] where entry.policy.mode == .auto {
            guard let name = entry.name else { continue }
            requirements[name] = entry.policy.requirement
        }
        var keys = Set(machine.scorecard.scores.keys)
        for name in requirements.keys {
            for hangClass in HangClass.allCases {
                keys.insert(Scorecard.Key(hangClass, entry: name))
            }
        }
        return keys.sorted().map { key in
            ScoreRow(
                key: key,
                score: machine.scorecard.score(key.hangClass, entry: key.entry),
                requirement: requirements[key.entry]
            )
        }
    }

    /// Entries of `graphs` that have a mode other than `off`, as decisions name them.
    package var decidingEntries: [String] {
        guard let settings else { return [] }
        return settings.graphs.indices.filter { settings.graphs[$0].policy.mode != .off }
            .map(settings.entryName)
    }
}
