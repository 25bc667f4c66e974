// The constants of the machine. A policy cannot change them: most follow from how GES, its gateway
// and this agent work, and a configuration that shortened them would allow a second restart while
// the first can still land.

import Diagnosis

/// Times that follow from the service, not from the policy.
enum Timing {
    /// When a request that was sent can no longer be accepted or take effect: the gateway refuses
    /// a signature older than 15 minutes, one minute covers the difference of the clocks, and ten
    /// lie between acceptance and the first change of the status. A token has no such bound; there
    /// only the cool-down that follows protects.
    static let landingBound: Duration = .seconds((15 + 1 + 10) * 60)
    /// How long the performer may be silent about an intent before its outcome counts as unknown:
    /// the longest time to the POST, and the same again for its answer.
    static let answerBound: Duration = Intent.sendWindow * 2
    /// How long the status may stay as it was after GES accepted a restart.
    static let changeBound: Duration = .seconds(5 * 60)
    /// How long a dead status may last during a restart. A restart passes through 900 normally.
    static let deadStatusBound: Duration = .seconds(5 * 60)
    /// The least time that a restarted agent takes to look at what it finds in progress.
    static let observationAfterStart: Duration = .seconds(5 * 60)
    /// How long to wait after a restart that was not sent. Doubles with each further one.
    static let unsentWait: Duration = .seconds(5 * 60)
    static let longestUnsentWait: Duration = .seconds(60 * 60)
    /// The longest pause that GES may ask for.
    static let longestPause: Duration = .seconds(24 * 3600)
    /// A job that began earlier than this before the intent is not ours. Begin times have a
    /// resolution of a second, and so has the difference of the clocks.
    static let jobClockTolerance: Duration = .seconds(2)
    /// How long a refused credential holds every restart.
    static let credentialHold: Duration = .seconds(60 * 60)
    /// How long a restart by someone else takes until its cool-down begins: jobs tell their begin,
    /// and a cool-down counts from the end.
    static let foreignRestart: Duration = .seconds(5 * 60)
    /// An operation may take so many times the 99th percentile of the graph's own ones.
    static let normalFactor = 3
    /// How far back the job list is read after a start.
    static let jobListSpan: Duration = .seconds(24 * 3600)
    /// How long the agent sees the fleet before it goes on with a job list that stays incomplete.
    static let jobListPatience: Duration = .seconds(30 * 60)
    /// How long a restart from the job list waits for its graph to be listed.
    static let adoptionPatience: Duration = .seconds(60 * 60)
    /// How long a graph may take to answer after a task was cancelled.
    static let cancelPatience: Duration = .seconds(10 * 60)
    /// From how many unsent restarts in a row on a person is told.
    static let unsentPatience = 3
    /// When a request for approval is repeated.
    static let approvalLifetime: Duration = .seconds(60 * 60)
    /// How long a rejected restart stays suspended.
    static let rejectionPeriod: Duration = .seconds(24 * 3600)
    /// How long a vetoed restart stays suspended. Shorter than after a rejection: a veto has to be
    /// given within minutes, often only to look first.
    static let vetoedPeriod: Duration = .seconds(4 * 3600)
    /// Longer than any window that a policy may use (see `WindowLimit.longestWindow`).
    static let attemptRetention: Duration = .seconds(8 * 86_400)
    /// How long the record of a graph that is gone is kept. Long, because a graph may be missing
    /// from listings for days and its attempts must still count when it returns.
    static let missingGraphRetention: Duration = .seconds(30 * 86_400)

    /// No restart brings a graph back sooner than this after its request was sent.
    static let leastRestart: Duration = .seconds(30)
    /// By how much the clock of another agent that opened an incident may be behind.
    static let incidentLead: Duration = .seconds(60)
    /// When a decision that nothing has ended is judged for good.
    static let judgementPatience: Duration = .seconds(7 * 86_400)
    /// How long the jobs may be unreadable after a graph came back until its decision is judged
    /// without them.
    static let jobsPatience: Duration = .seconds(60 * 60)
    /// How long a graph must have been silent before others restarted it to count as a hang that was
    /// missed: a restart that was ordered shows in the data plane before it shows in the status.
    static let missedSilence: Duration = .seconds(5 * 60)

    /// How long a request may be held before a person is told. Imports, exports and clears take
    /// hours anyway.
    static func holdPatience(_ hangClass: HangClass) -> Duration {
        hangClass == .unresponsive ? Machine.noticeableHold : .seconds(2 * 3600)
    }
}
