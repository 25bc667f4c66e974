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
    /// The incidents of the hang, oldest first: the alert may end and begin anew meanwhile, and
    /// each agent that leads has its own.
    package var incidentIDs: [String] = []
    /// When the graph was seen to come back before anything told why.
    var comeback: Comeback?
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

    /// Whether it is known to be right or wrong.
    var isJudged: Bool { outcome == .right || outcome == .wrong }

    /// Whether what comes of the graph may still tell.
    var isPending: Bool { judgement == nil && !isOver }

    /// How long a decision counts, and how many of one graph are kept.
    package static let retention: Duration = .seconds(90 * 86_400)
    static let capacity = 16
    static let maximumIncidents = 8
}

/// The end of a hang. Its cause is judged once the jobs can be read, and the graph may have fallen
/// silent again by then.
struct Comeback: Hashable, Sendable, Codable {
    var at: Timestamp
    /// Whether the agent saw the graph all the time until then.
    let wasInSight: Bool
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
        case notUnderstood = "not_understood"
    }
}

extension Judgement.Reason {
    package var outcome: DecisionOutcome {
        switch self {
        case .silentUntilRestart, .verified: .right
        case .recoveredAlone, .wasBusy, .answeredBefore: .wrong
        case .lateRecovery, .notSeen, .othersAtWork, .statusChanged, .graphGone, .outOfScope,
            .notRecovered, .stalled, .outcomeUnknown, .neverEnded, .notUnderstood:
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
        shifted.comeback?.at = (comeback?.at ?? at) + jump
        return shifted
    }
}

extension GraphRecord {
    /// What was decided about the graph lately, oldest first.
    package var decisions: [DecisionRecord] {
        get { keptDecisions?.all ?? [] }
        set { keptDecisions = newValue.isEmpty ? nil : DecisionLog(newValue) }
    }

    /// The decision about the hang that has not ended; nil if there is none.
    package var openDecision: DecisionRecord? {
        keptDecisions?.all.last.flatMap { $0.isOver ? nil : $0 }
    }

    /// Changes the open decision.
    mutating func changeDecision(_ change: (inout DecisionRecord) -> Void) {
        guard openDecision != nil else { return }
        var changed = decisions
        change(&changed[changed.count - 1])
        decisions = changed
    }

    /// The newest are kept of those that are known to be right or wrong, and of all others: what
    /// says nothing must not push out what was wrong. A label is kept longest.
    ///
    /// - Parameter capacity: how many of those that are known to be right or wrong.
    mutating func append(
        _ decision: DecisionRecord,
        keeping capacity: Int = DecisionRecord.capacity
    ) {
        var kept = decisions
        let judged = kept.indices.filter { kept[$0].isJudged }
        let others = kept.indices.filter { !kept[$0].isJudged }
        let unlabelledFirst =
            judged.filter { kept[$0].label == nil } + judged.filter { kept[$0].label != nil }
        let dropped = Set(
            unlabelledFirst.prefix(max(0, judged.count - capacity))
                + others.prefix(max(0, others.count + 1 - DecisionRecord.capacity))
        )
        kept = kept.indices.filter { !dropped.contains($0) }.map { kept[$0] }
        decisions = kept + [decision]
    }

    /// Forgets decisions that are too old to count.
    mutating func expireDecisions(at instant: Timestamp) {
        let oldest = instant - DecisionRecord.retention
        if keptDecisions == DecisionLog([]) { keptDecisions = nil }
        guard keptDecisions?.all.contains(where: { $0.at < oldest }) ?? false else { return }
        decisions.removeAll { !$0.isPending && $0.at < oldest }
    }

    /// What is left of a graph that has been gone for long: its decisions that count, right, wrong or
    /// missed.
    func forgotten(at instant: Timestamp) -> GraphRecord {
        let oldest = instant - DecisionRecord.retention
        var rest = GraphRecord(id: id)
        rest.decisions = decisions.filter {
            ($0.isJudged || $0.outcome == .missed) && $0.at >= oldest
        }
        if !rest.decisions.isEmpty { rest.missingSince = missingSince }
        return rest
    }
}
