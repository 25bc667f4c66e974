/// Enforces the rate limit of one service and the pauses that the service requests. Pure: time is
/// an argument.
///
/// Uses the generic cell rate algorithm: the only state is the theoretical arrival time of the next
/// request, so no counter has to be refilled.
struct RequestPacer {
    enum Turn: Hashable {
        /// Send after this wait, which may be zero.
        case after(Duration)
        /// Do not send: the wait would be this long.
        case refused(Duration)
    }

    /// nil means that only pauses apply.
    let limit: ServiceRateLimit?
    /// When the next request would be due if all were evenly spaced.
    private var due = Duration.zero
    private var pause: Backoff

    /// - Parameter longestPause: the maximum backoff if the service requests no specific pause.
    init(limit: ServiceRateLimit?, longestPause: Duration = .seconds(60)) {
        self.limit = limit
        pause = Backoff(
            first: .seconds(1),
            maximum: longestPause,
            requestedMaximum: .seconds(300)
        )
    }

    /// Reserves the next slot unless the wait is longer than `maximumWait`.
    ///
    /// - Parameter skipsQueue: for actions. They are sent now or not at all: after a wait, an
    ///   action would be based on outdated observations. They go ahead of queued reads but still
    ///   use up the rate.
    mutating func turn(
        at now: Duration,
        maximumWait: Duration,
        skipsQueue: Bool = false
    ) -> Turn {
        let resumption = now + (pause.remaining(at: now) ?? .zero)
        let maximumWait = skipsQueue ? .zero : maximumWait
        guard let limit else { return turn(after: resumption - now, maximumWait) }
        let interval = Duration.seconds(1) / limit.requestsPerSecond
        let start = max(due, resumption)
        let paced = skipsQueue ? resumption : max(start - interval * (limit.burst - 1), resumption)
        let turn = turn(after: paced - now, maximumWait)
        if case .after = turn { due = start + interval }
        return turn
    }

    private func turn(after wait: Duration, _ maximumWait: Duration) -> Turn {
        wait <= maximumWait ? .after(wait) : .refused(wait)
    }

    /// The service requested a pause. Without `retryAfter` the pauses are 1, 2, 4, … seconds.
    mutating func throttled(at now: Duration, retryAfter: Duration?) {
        pause.failed(at: now, atLeast: retryAfter ?? .zero)
    }

    /// The service responded normally. Ignored during a pause: the request was in flight when the
    /// pause started.
    mutating func answered(at now: Duration) {
        if pause.remaining(at: now) == nil { pause.reset() }
    }
}
