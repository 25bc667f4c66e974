package import Time

/// What an Alertmanager answered when it was asked for its silences.
package struct SilenceReport: Hashable, Sendable {
    package enum Answer: Hashable, Sendable {
        /// Those that have not expired. `unreadable` were left out.
        case silences([Silence], unreadable: Int)
        /// It cannot be asked, with a human-readable reason.
        case failure(String)
    }

    /// Its URL.
    package var alertmanager: String
    package var answer: Answer
    package var at: Timestamp

    package init(alertmanager: String, answer: Answer, at: Timestamp) {
        self.alertmanager = alertmanager
        self.answer = answer
        self.at = at
    }
}
