package import Time

/// What came back since the last step: answers to effects, and orders.
package enum Report: Hashable, Sendable {
    /// What became of the POST of an intent; one for each `Effect.restart`.
    case outcome(intentID: String, RestartOutcome, at: Timestamp)
    /// The answer to `Effect.collectEvidence`. The summary goes into the audit trail.
    case evidence(GraphID, summary: String)
    /// The answer to `Effect.followJob`; nothing is reported if GES could not be asked.
    case job(GraphID, jobID: String, JobState)
    /// The answer to `Effect.searchJobs`; nothing is reported if the search failed. A list that is
    /// not complete may show the job, and does not show that there is none.
    case jobsFound(intentID: String, [FoundJob], isComplete: Bool = true)
    /// The answer to `Effect.readJobList`: every job that it names.
    case jobList([FoundJob])
    /// The jobs of a list that may lack some, and why.
    case partialJobList([FoundJob], String)
    /// Why the job list was not read. A refusal (403) is final until the next start.
    case jobListFailed(String, isRefusal: Bool)
    /// What a person wants. `Effect.answer` answers it.
    case order(Order)
}
