package import Diagnosis
package import Time

/// A decision that a graph needs a restart, whoever or whatever kept it from being sent, and what
/// became of the graph. It counts once for each hang, however often it is repeated.
///
/// A hang that others ended by a restart before anything was decided is recorded as well: it was
/// missed.
package struct DecisionRecord: Hashable, Sendable, Codable {
    package let hangClass: HangClass
    /// The name of the entry of `graphs` that matched then. A score stays with this name.
    package let entry: String
    package var at: Timestamp
    package var course: Course
    /// The first incident in which it was made; nil until one is open.
    package var incidentID: String?
    /// What was seen afterwards; nil while nothing tells.
    package var judgement: Judgement?
    /// What a person says of it.
    package var label: DecisionLabel?
    /// Whether the hang that it is about has ended. Until then no other decision is recorded.
    package var isOver = false

    package init(_ course: Course, _ hangClass: HangClass, entry: String, at instant: Timestamp) {
        self.course = course
        self.hangClass = hangClass
        self.entry = entry
        at = instant
    }

    /// How far a decision came, in this order. The raw values are in ledgers and in the API.
    package enum Course: String, Hashable, Sendable, Codable, CaseIterable {
        /// Only the mode kept the restart from being sent.
        case shadow
        /// Used-up attempts, budgets or places held it.
        case held
        /// A person was asked.
        case asked
        /// The restart was announced.
        case announced
        /// Every gate was open.
        case prepared
        /// The intent was written.
        case sent
        /// Nothing was decided, and others restarted the graph.
        case missed
    }

    /// What counts: the word of a person, else what was seen; nil while neither is known.
    package var outcome: DecisionOutcome? {
        if let label { return label.isRight ? .right : .wrong }
        return judgement?.reason.outcome
    }

    /// Whether what comes of the graph may still tell.
    var isPending: Bool { judgement == nil && !isOver }

    /// How long a decision counts, and how many of one graph are kept.
    package static let retention: Duration = .seconds(90 * 86_400)
    static let capacity = 16
}

/// What a decision turned out to be. The raw values are labels of metrics.
package enum DecisionOutcome: String, Hashable, Sendable, Codable, CaseIterable {
    case right, wrong
    /// What was seen afterwards proves neither.
    case unknown
    /// A hang about which nothing was decided.
    case missed
}

/// What was seen after a decision, and when.
package struct Judgement: Hashable, Sendable, Codable {
    package let reason: Reason
    package var at: Timestamp

    package init(reason: Reason, at instant: Timestamp) {
        self.reason = reason
        at = instant
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
        case stalled
        case outcomeUnknown = "outcome_unknown"
        case neverEnded = "never_ended"
        case restartedByOthers = "restarted_by_others"
    }
}

extension Judgement.Reason {
    package var outcome: DecisionOutcome {
        switch self {
        case .silentUntilRestart, .verified: .right
        case .recoveredAlone, .wasBusy, .answeredBefore: .wrong
        case .lateRecovery, .notSeen, .othersAtWork, .statusChanged, .graphGone, .outOfScope,
            .notRecovered, .stalled, .outcomeUnknown, .neverEnded:
            .unknown
        case .restartedByOthers: .missed
        }
    }
}

/// What a person says of a decision. It counts instead of what was seen.
package struct DecisionLabel: Hashable, Sendable, Codable {
    package let isRight: Bool
    package let by: String
    package let reason: String
    package var at: Timestamp

    package init(isRight: Bool, by: String, reason: String, at instant: Timestamp) {
        self.isRight = isRight
        self.by = by
        self.reason = reason
        at = instant
    }

    /// `right` or `wrong`.
    package var word: String { Self.word(isRight: isRight) }

    package static func word(isRight: Bool) -> String {
        (isRight ? DecisionOutcome.right : .wrong).rawValue
    }
}

extension DecisionRecord {
    func shifted(by jump: Duration) -> DecisionRecord {
        var shifted = self
        shifted.at = at + jump
        shifted.judgement?.at = (judgement?.at ?? at) + jump
        shifted.label?.at = (label?.at ?? at) + jump
        return shifted
    }
}

extension GraphRecord {
    /// What was decided about the graph lately, oldest first.
    package var decisions: [DecisionRecord] {
        get { keptDecisions ?? [] }
        set { keptDecisions = newValue.isEmpty ? nil : newValue }
    }

    /// The decision about the hang that has not ended; nil if there is none.
    package var openDecision: DecisionRecord? {
        keptDecisions?.last.flatMap { $0.isOver ? nil : $0 }
    }

    /// Changes the open decision.
    mutating func changeDecision(_ change: (inout DecisionRecord) -> Void) {
        guard openDecision != nil, let last = keptDecisions?.indices.last else { return }
        change(&decisions[last])
    }

    mutating func append(_ decision: DecisionRecord) {
        decisions = (decisions + [decision]).suffix(DecisionRecord.capacity)
    }

    /// Forgets decisions that are too old to count.
    mutating func expireDecisions(at instant: Timestamp) {
        let oldest = instant - DecisionRecord.retention
        guard let first = keptDecisions?.first, first.at < oldest else { return }
        decisions.removeAll { $0.isOver && $0.at < oldest }
    }
}
