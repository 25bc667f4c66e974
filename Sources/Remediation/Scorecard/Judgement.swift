package import Time

/// What a decision turned out to be. The raw values are labels of metrics.
package enum DecisionOutcome: String, Hashable, Sendable, Codable, CaseIterable {
    case right, wrong
    /// What was seen afterwards proves neither.
    case unknown
    /// A hang about which nothing was decided.
    case missed
}

/// What was seen after a decision, and when.
package struct Judgement: Hashable, Sendable {
    package let reason: Reason
    package var at: Timestamp
    /// What another version wrote, if this one does not know its reason.
    var foreign: Foreign?

    package init(reason: Reason, at instant: Timestamp) {
        self.reason = reason
        at = instant
    }

    struct Foreign: Hashable, Sendable {
        let reason: String
        /// nil if it is not told, or not known either.
        let outcome: DecisionOutcome?
    }

    /// A reason that this version does not know proves nothing right, and what it proves wrong stays
    /// wrong.
    package var outcome: DecisionOutcome {
        guard let foreign else { return reason.outcome }
        return foreign.outcome.map { $0 == .right ? .unknown : $0 } ?? .unknown
    }

    /// The raw values are in ledgers and in the API.
    package enum Reason: String, Hashable, Sendable, Codable, CaseIterable {
        case silentUntilRestart = "silent_until_restart"
        case verified
        case recoveredAlone = "recovered_alone"
        case wasBusy = "was_busy"
        case answeredBefore = "answered_before"
        case lateRecovery = "late_recovery"
        case notSeen = "not_seen"
        case othersAtWork = "others_at_work"
        case statusChanged = "status_changed"
        case graphGone = "graph_gone"
        case outOfScope = "out_of_scope"
        case notRecovered = "not_recovered"
        case stalled, cancelled
        case outcomeUnknown = "outcome_unknown"
        case neverEnded = "never_ended"
        case restartedByOthers = "restarted_by_others"
        case notUnderstood = "not_understood"
    }
}

extension Judgement.Reason {
    package var outcome: DecisionOutcome {
        switch self {
        case .silentUntilRestart, .verified: .right
        case .recoveredAlone, .wasBusy, .answeredBefore: .wrong
        case .lateRecovery, .notSeen, .othersAtWork, .statusChanged, .graphGone, .outOfScope,
            .notRecovered, .stalled, .cancelled, .outcomeUnknown, .neverEnded, .notUnderstood:
            .unknown
        case .restartedByOthers: .missed
        }
    }
}
