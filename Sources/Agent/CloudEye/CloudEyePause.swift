import Time

/// How long Cloud Eye is left alone. Pure: time is an argument.
struct CloudEyePause: Hashable, Sendable {
    enum Cause: String, CaseIterable, Hashable, Sendable {
        case throttled, forbidden
    }

    private(set) var cause: Cause?
    /// In elapsed time.
    private(set) var until = Duration.zero
    private var throttledRounds = 0

    /// The longest pause after a throttled round, in intervals.
    private static let maximumFactor = 16
    /// A server may be wrong, or hostile.
    private static let longestRequested = Duration.seconds(3600)
    /// A permission is given by a person.
    private static let forbiddenTime = Duration.seconds(3600)

    /// Notes how a round ended. Returns whether the cause is another one than before.
    ///
    /// - Parameter isAnswered: whether any query was answered. Otherwise nothing is known.
    mutating func note(
        _ interruption: CloudEyeRound.Interruption?,
        isAnswered: Bool,
        interval: Duration,
        at now: Duration
    ) -> Bool {
        let before = cause
        switch interruption {
        case .throttled(let retryAfter):
            cause = .throttled
            let factor = min(1 << min(throttledRounds, 10), Self.maximumFactor)
            throttledRounds += 1
            until = now + max(interval * factor, min(retryAfter ?? .zero, Self.longestRequested))
        case .forbidden:
            cause = .forbidden
            throttledRounds = 0
            until = now + Self.forbiddenTime
        case .time, .credential, nil:
            guard isAnswered else { return false }
            cause = nil
            throttledRounds = 0
        }
        return cause != before
    }
}
