package import Time

extension Machine {
    /// What differs from the disk. All of it must be written in one transaction before any effect
    /// of the same step is started.
    package struct Changes: Hashable, Sendable {
        /// By graph id.
        package var records: [GraphRecord] = []
        /// Graphs of which nothing needs to be kept any more.
        package var removed: [GraphID] = []
        package var intents: [Intent] = []
        /// What became of the POST of an intent; at most one each.
        package var outcomes: [IntentOutcome] = []
        /// How the attempt of an intent ended; at most one each.
        package var endings: [IntentEnding] = []
        /// All pauses, if they changed.
        package var pauses: [Pause]?
        package var audit: [AuditEntry] = []

        package init() {}

        package var isEmpty: Bool { self == Changes() }
    }
}

package struct IntentOutcome: Hashable, Sendable {
    package let intentID: String
    package let outcome: RestartOutcome
    package let at: Timestamp

    package init(intentID: String, outcome: RestartOutcome, at: Timestamp) {
        self.intentID = intentID
        self.outcome = outcome
        self.at = at
    }
}

package struct IntentEnding: Hashable, Sendable {
    package let intentID: String
    package let outcome: AttemptOutcome
    package let at: Timestamp

    package init(intentID: String, outcome: AttemptOutcome, at: Timestamp) {
        self.intentID = intentID
        self.outcome = outcome
        self.at = at
    }
}
