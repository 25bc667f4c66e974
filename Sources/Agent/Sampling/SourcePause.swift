import Time

/// How long a source of samples is left alone. Pure: time is an argument.
struct SourcePause: Hashable, Sendable {
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
    static let longestRequested = Duration.seconds(3600)
    /// A permission is given by a person.
    private static let forbiddenTime = Duration.seconds(3600)

    /// Notes how a round ended. Returns whether the cause is another one than before.
    ///
    /// - Parameter isAnswered: whether any query was answered. Otherwise nothing is known.
    mutating func note(
        _ interruption: RoundInterruption?,
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

/// Why a round of a source ended early.
enum RoundInterruption: Hashable, Sendable {
    /// The service limits requests, with 429 or 503, or does not answer at all.
    case throttled(retryAfter: Duration?)
    /// 403, with the words of the service.
    case forbidden(String)
    /// There is no credential, or it has expired. The polls renew it.
    case credential
    /// Its time was over, or the steps could not take more.
    case time

    fileprivate var rank: Int {
        switch self {
        case .time: 1
        case .credential: 2
        case .throttled: 3
        case .forbidden: 4
        }
    }
}

extension RoundInterruption? {
    /// Requests in flight may end in different ways; the one that asks for the most is kept.
    mutating func take(_ new: RoundInterruption) {
        if case .throttled(let wait) = new, case .throttled(let other) = self {
            self = .throttled(retryAfter: [wait, other].compactMap { $0 }.max())
        } else if new.rank > self?.rank ?? 0 {
            self = new
        }
    }
}
