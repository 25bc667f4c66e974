package import Time

extension Machine {
    /// What differs from the disk. All of it belongs into one transaction: half of it would be a
    /// state that the machine was never in.
    package struct Changes: Hashable, Sendable {
        /// Records that are new or have changed, by graph id.
        package var records: [GraphRecord] = []
        /// Graphs about which nothing is to be kept any more.
        package var removed: [GraphID] = []
        package var intents: [Intent] = []
        /// At most one for each intent.
        package var outcomes: [IntentOutcome] = []
        /// At most one for each intent.
        package var endings: [IntentEnding] = []
        /// All pauses, if they changed; also those that ended not long ago.
        package var pauses: [Pause]?
        /// In the order in which they were answered.
        package var answered: [AnsweredOrder] = []
        /// In the order of the log.
        package var audit: [AuditEntry] = []

        package init() {}

        package var isEmpty: Bool { self == Changes() }
    }
}

/// What became of the POST of an intent.
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

/// How the attempt of an intent ended.
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
