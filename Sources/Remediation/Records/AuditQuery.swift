package import Time

/// Which lines of the audit trail are asked for. What is nil does not restrict.
package struct AuditQuery: Hashable, Sendable {
    package var graphID: GraphID?
    /// Inclusive.
    package var since: Timestamp?
    /// Exclusive.
    package var until: Timestamp?
    package var kind: AuditEntry.Kind?
    /// Lines of attempts that ended so, or whose request was answered so.
    package var outcome: String?
    /// Lines before this number.
    package var before: Int64?
    /// At most 1,000.
    package var limit: Int

    package init(limit: Int = 100) {
        self.limit = limit
    }

    /// What `outcome` may be.
    package static let outcomes =
        AttemptOutcome.allCases.map(\.rawValue) + RestartOutcome.labels
}

/// Lines of the audit trail, newest first.
package struct AuditPage: Hashable, Sendable {
    package var lines: [AuditRecord] = []
    /// What `before` must be to go on; nil after the oldest line.
    package var next: Int64?

    package init() {}
}

/// A line of the audit trail, with its number.
package struct AuditRecord: Hashable, Sendable {
    /// Grows by the line. Numbers of removed lines are never used again.
    package let sequence: Int64
    package let entry: AuditEntry
    /// Of this line and, through the hash before it, of all before: 64 hexadecimal digits.
    package let hash: String

    package init(sequence: Int64, entry: AuditEntry, hash: String) {
        self.sequence = sequence
        self.entry = entry
        self.hash = hash
    }
}
