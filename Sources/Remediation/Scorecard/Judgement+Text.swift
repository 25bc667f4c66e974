import Time

// The sentences end one that begins with "right: " or "unknown: ", and speak of the graph as "it".

extension Judgement.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .silentUntilRestart: "it stayed silent until someone else restarted it"
        case .verified: "it stayed silent until it was restarted, and came back with that"
        case .recoveredAlone: "it came back alone within the time that a restart takes"
        case .wasBusy: "it was at work"
        case .answeredBefore: "it answered before the restart reached it"
        case .lateRecovery: "it came back alone, later than a restart would have brought it back"
        case .notSeen: "the agent did not see it all the time"
        case .othersAtWork: "someone else began to work on it"
        case .statusChanged: "its status changed"
        case .graphGone: "it is gone"
        case .outOfScope: "the configuration no longer selects it"
        case .notRecovered: "the restart did not bring it back"
        case .stalled: "the restart stalled"
        case .cancelled: "it came back after a task of it was cancelled, and nothing was restarted"
        case .outcomeUnknown: "whether the restart was carried out is not known"
        case .neverEnded: "nothing has ended the hang for a week"
        case .restartedByOthers: "it was silent, and someone else restarted it"
        case .notUnderstood: "the reason is unknown to this version of the agent"
        }
    }
}

extension Judgement: CustomStringConvertible {
    /// The outcome and the reason.
    package var description: String { "\(outcome.rawValue): \(reason)" }
}

extension DecisionRecord: CustomStringConvertible {
    /// One sentence for people.
    package var description: String {
        let seen = judgement.map { "\($0)" } ?? "pending"
        guard let label else { return seen }
        return "\(label.word), says \(label.by): \(label.reason) (what was seen: \(seen))"
    }
}
