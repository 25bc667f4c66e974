package import Time

/// What the phases that need more than a date remember.
extension Phase {
    package struct Gathering: Hashable, Sendable, Codable {
        package let request: RestartRequest
        package let agreement: Agreement
        package let until: Timestamp
        /// The phase to return to if nothing is sent. An order that comes to nothing must not end
        /// a cool-down early.
        package let previous: Phase
        /// Whether the evidence has arrived.
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
        /// nil while the job is not known: GES need not name it in its answer.
        package var jobID: String?
        /// The newest state of the job; nil while none was read.
        package var job: JobState?
        package var since: Timestamp
        package var deadline: Timestamp
        /// Whether the status was seen to differ from that of the decision. Without a job this is
        /// the only sign that the restart is happening.
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

    package struct Stopped: Hashable, Sendable, Codable {
        /// That of the stop or restart that left it stopped. Its attempt has ended.
        package let intent: Intent
        package var since: Timestamp
        /// From when on a person has to start it.
        package var deadline: Timestamp
        /// When a start that was not sent may be decided anew; nil if none was.
        package var notBefore: Timestamp?
        /// Why it is not started yet; nil if nothing holds it.
        package var hold: String?

        package init(intent: Intent, since: Timestamp, deadline: Timestamp) {
            self.intent = intent
            self.since = since
            self.deadline = deadline
        }
    }

    package struct Verifying: Hashable, Sendable, Codable {
        package let intent: Intent
        /// Whether the graph came back by itself after it had stalled. It gave up its place then,
        /// and takes none while it proves itself.
        package let wasStalled: Bool
        package var since: Timestamp
        package var deadline: Timestamp
        /// Answered probes in a row.
        package var goodProbes: Int
        /// The time of the newest observation that was counted, good or bad. Each counts once.
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
