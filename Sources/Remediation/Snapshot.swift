/// All that a machine needs to go on after a restart of the agent.
package struct MachineSnapshot: Hashable, Sendable {
    /// Raised whenever an older agent could misread a record.
    package static let schemaVersion = 1

    package var records: [GraphRecord]
    package var pauses: [Pause]

    package init(records: [GraphRecord] = [], pauses: [Pause] = []) {
        self.records = records
        self.pauses = pauses
    }
}

/// What differs from the disk. All of it must be written in one transaction before any effect of the
/// same step is started.
package struct Changes: Hashable, Sendable {
    /// By graph id.
    package var records: [GraphRecord] = []
    package var removed: [GraphID] = []
    package var intents: [Intent] = []
    package var outcomes: [IntentOutcome] = []
    /// All pauses, if they changed.
    package var pauses: [Pause]?
    package var audit: [AuditEntry] = []

    package init() {}

    package var isEmpty: Bool { self == Changes() }
}

package struct IntentOutcome: Hashable, Sendable {
    package let intentID: String
    package let outcome: RestartOutcome
    package let at: Instant
}
