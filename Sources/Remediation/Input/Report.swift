package import Time

/// What came back from the world since the last step.
package enum Report: Hashable, Sendable {
    /// The end of the POST of an intent.
    case outcome(intentID: String, RestartOutcome, at: Timestamp)
    /// The answer to `Effect.collectEvidence`; the summary goes on record.
    case evidence(GraphID, summary: String)
    /// The answer to `Effect.followJob`; none when it could not be asked.
    case job(GraphID, jobID: String, JobState)
    /// The answer to `Effect.searchJobs`; none when the search failed.
    case jobsFound(intentID: String, [FoundJob])
    /// What a person wants; answered with `Effect.answer`.
    case order(Order)
}

package enum JobState: Hashable, Sendable, Codable {
    case pending
    case running
    case succeeded
    case failed(reason: String)
    /// GES does not know the job (GES.8301); this is not a failure of the restart.
    case notFound
}

/// An entry of the task centre.
package struct FoundJob: Hashable, Sendable {
    package var id: String
    /// The name of the job; no list of them is published.
    package var name: String
    /// The task centre shows names only, never graph ids.
    package var graphName: String
    package var beganAt: Timestamp
    package var state: JobState

    package init(id: String, name: String, graphName: String, beganAt: Timestamp, state: JobState) {
        self.id = id
        self.name = name
        self.graphName = graphName
        self.beganAt = beganAt
        self.state = state
    }
}

/// What a person wants, and why.
package struct Order: Hashable, Sendable {
    /// Names the answer; chosen by the caller.
    package var id: String
    package var kind: Kind
    package var by: String
    package var reason: String

    package init(id: String, _ kind: Kind, by: String, reason: String) {
        self.id = id
        self.kind = kind
        self.by = by
        self.reason = reason
    }

    package enum Kind: Hashable, Sendable {
        case approve(GraphID)
        /// Rejects an approval, or vetoes an announced restart.
        case reject(GraphID)
        /// Releases an exhausted or stalled graph.
        case acknowledge(GraphID)
        /// Keeps from new restarts; what is under way is followed to its end.
        case pause(PauseScope, until: Timestamp?)
        case resume(PauseScope)
        /// Restart now. Only gates that guard against a wrong diagnosis are passed over.
        case restart(GraphID)
    }
}

package enum PauseScope: Hashable, Sendable, Codable {
    case fleet
    case graph(GraphID)
}

package struct Pause: Hashable, Sendable, Codable {
    package let scope: PauseScope
    package let by: String
    package let reason: String
    package let since: Timestamp
    package let until: Timestamp?

    package init(scope: PauseScope, by: String, reason: String, since: Timestamp, until: Timestamp?)
    {
        self.scope = scope
        self.by = by
        self.reason = reason
        self.since = since
        self.until = until
    }
}
