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
    /// Whether a person was asked because of the gate `precision`.
    var isAskedForPrecision = false
    /// Since when the alert was active that led to it.
    var alertAt: Timestamp?
    /// When the graph was seen to come back before anything told why.
    var comeback: Comeback?
    /// What was seen afterwards; nil while nothing tells.
    package var judgement: Judgement?
    /// What a person says of it.
    package var label: DecisionLabel?
    /// A label in a format of another version. Nobody knows what it says.
    var unreadLabel: UnreadValue?
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
        return unreadLabel == nil ? judgement?.outcome : .unknown
    }

    /// Whether another version knows more of its outcome.
    var isUnread: Bool {
        guard label == nil else { return false }
        return unreadLabel != nil
            || judgement.map { $0.foreign != nil && $0.foreign?.outcome == nil }
                ?? false
    }

    var key: Scorecard.Key { Scorecard.Key(hangClass, entry: entry) }

    /// Whether it is known to be right or wrong.
    var isJudged: Bool { outcome == .right || outcome == .wrong }

    /// Whether what comes of the graph may still tell.
    var isPending: Bool { judgement == nil && !isOver }

    /// How long a decision counts.
    package static let retention: Duration = .seconds(90 * 86_400)
    static let maximumIncidents = 8
}

/// The end of a hang. Its cause is judged once the jobs can be read, and the graph may have fallen
/// silent again by then.
struct Comeback: Hashable, Sendable, Codable {
    var at: Timestamp
    /// Whether the agent saw the graph all the time until then.
    let wasInSight: Bool
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
        shifted.alertAt = alertAt.map { $0 + jump }
        shifted.judgement?.at = (judgement?.at ?? at) + jump
        if let label { shifted.label?.at = label.at + jump }
        shifted.comeback?.at = (comeback?.at ?? at) + jump
        return shifted
    }
}
