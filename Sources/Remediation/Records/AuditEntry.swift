package import Time

/// One line of the audit trail and of the log. Written when something changes and not with every
/// cycle.
package struct AuditEntry: Hashable, Sendable, Codable {
    package let at: Timestamp
    /// nil for what concerns the whole fleet.
    package let graphID: GraphID?
    package let kind: Kind
    /// A word from a fixed set, such as the label of a hold reason.
    package let reason: String
    /// One sentence for people.
    package let detail: String
    package let intentID: String?

    package init(
        at: Timestamp,
        graphID: GraphID?,
        kind: Kind,
        reason: String = "",
        detail: String,
        intentID: String? = nil
    ) {
        self.at = at
        self.graphID = graphID
        self.kind = kind
        self.reason = reason
        self.detail = detail
        self.intentID = intentID
    }

    /// The raw values are in ledgers and in the log.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case held, heldTooLong, wouldRestart, recoveredAlone
        case approvalAsked, approvalExpired, announced, evidence
        case intended, outcome, landed, verifying, ended, stalled, exhausted, external
        case order, released, late, unsent, pauseEnding, pauseLasting
        /// The record of an incident is complete. The line seals it with its hash.
        case incidentClosed
    }

    package enum Severity: String, Hashable, Sendable {
        case info, warning, critical
    }

    /// `critical`: nothing more happens until a person acts.
    package var severity: Severity {
        switch kind {
        case .stalled, .exhausted, .unsent: .critical
        case .heldTooLong, .approvalAsked, .approvalExpired, .late, .pauseEnding, .pauseLasting:
            .warning
        case .ended: reason == AttemptOutcome.verified.rawValue ? .info : .warning
        default: .info
        }
    }
}
