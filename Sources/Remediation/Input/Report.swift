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
