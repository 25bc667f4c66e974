/// Times that follow from the service, not from the policy.
enum Timing {
    /// After this a request that was sent can no longer be accepted or take effect: the gateway
    /// refuses a signature older than 15 minutes; one minute for the difference of the clocks; ten
    /// between acceptance and the first change of the status. With a token instead of a signature
    /// there is no such bound, and only the cool-down that follows is left.
    static let landingBound: Duration = .seconds((15 + 1 + 10) * 60)
    /// How long the performer may be silent about an intent before its outcome counts as unknown:
    /// the longest time to the POST, and as long again for its answer.
    static let answerBound: Duration = Intent.sendWindow * 2
    /// Accepted, but no sign of a change by then: stalled.
    static let changeBound: Duration = .seconds(5 * 60)
    /// How long a dead status may last during a restart; 900 is also passed through normally.
    static let deadStatusBound: Duration = .seconds(5 * 60)
    /// What a restarted agent gets at least to look at what it finds under way.
    static let observationAfterStart: Duration = .seconds(5 * 60)
    /// After something that was not sent; doubles with each further one.
    static let unsentWait: Duration = .seconds(5 * 60)
    static let longestUnsentWait: Duration = .seconds(60 * 60)
    /// A job that began earlier than this before the intent is not ours.
    static let jobClockTolerance: Duration = .seconds(60)
    static let approvalLifetime: Duration = .seconds(60 * 60)
    static let rejectionPeriod: Duration = .seconds(24 * 3600)
    static let vetoedPeriod: Duration = .seconds(4 * 3600)
    /// The longest window that a policy may use is shorter (see `Policy.problems`).
    static let attemptRetention: Duration = .seconds(8 * 86_400)
    static let missingGraphRetention: Duration = .seconds(30 * 86_400)

    /// How long a request may be held before a person is told.
    static func holdPatience(_ hangClass: HangClass) -> Duration {
        hangClass == .unresponsive ? .seconds(30 * 60) : .seconds(2 * 3600)
    }
}
