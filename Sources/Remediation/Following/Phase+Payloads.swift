package import Time

/// What the phases with more than a date remember.
extension Phase {
    package struct Gathering: Hashable, Sendable, Codable {
        package let request: RestartRequest
        package let agreement: Agreement
        package let until: Timestamp
        /// What the graph returns to if nothing is sent: an order of a person must not cost it the
        /// rest that it still owes.
        package let previous: Phase
        /// The evidence has arrived.
        package var isComplete: Bool

        package init(
            request: RestartRequest,
            agreement: Agreement,
            until: Timestamp,
            previous: Phase,
            isComplete: Bool = false
        ) {
            self.request = request
            self.agreement = agreement
            self.until = until
            self.previous = previous
            self.isComplete = isComplete
        }
    }

    package struct Restarting: Hashable, Sendable, Codable {
        package let intent: Intent
        package var jobID: String?
        /// The newest that is known about the job; nil while nothing is.
        package var job: JobState?
        package var since: Timestamp
        package var deadline: Timestamp
        /// A status other than the one decided upon was seen since the intent.
        package var sawTransition: Bool

        package init(
            intent: Intent,
            jobID: String?,
            job: JobState? = nil,
            since: Timestamp,
            deadline: Timestamp,
            sawTransition: Bool
        ) {
            self.intent = intent
            self.jobID = jobID
            self.job = job
            self.since = since
            self.deadline = deadline
            self.sawTransition = sawTransition
        }
    }

    package struct Verifying: Hashable, Sendable, Codable {
        package let intent: Intent
        /// The graph had been given up as stalled, and gave back its place among those in flight.
        package let wasStalled: Bool
        package var since: Timestamp
        package var deadline: Timestamp
        package var goodProbes: Int
        /// The newest observation that was counted, good or bad.
        package var countedAt: Timestamp

        package init(intent: Intent, wasStalled: Bool, since: Timestamp, deadline: Timestamp) {
            self.intent = intent
            self.wasStalled = wasStalled
            self.since = since
            self.deadline = deadline
            goodProbes = 0
            countedAt = since
        }
    }
}
