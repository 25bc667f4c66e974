/// Keeps the rate of requests to one service, and the pauses that the service asks for. Pure: time is an
/// argument.
///
/// The rate is kept by the time at which the next request would be due if all came evenly (the generic
/// cell rate algorithm), so there is nothing to count down.
struct RequestPacer {
    enum Turn: Hashable {
        /// Send after this long; zero is at once.
        case after(Duration)
        /// Do not send: it would be this long.
        case refused(Duration)
    }

    /// Nil means no limit but the pauses.
    let limit: ServiceRateLimit?
    private var due = Duration.zero
    private var pause: Backoff

    /// - Parameter longestPause: where the service does not say how long.
    init(limit: ServiceRateLimit?, longestPause: Duration = .seconds(60)) {
        self.limit = limit
        pause = Backoff(
            first: .seconds(1),
            maximum: longestPause,
            requestedMaximum: .seconds(300)
        )
    }

    /// - Parameter skipsQueue: does not wait for the requests before it, nor for the end of a pause: an
    ///   action that waited would act on what was true some time ago.
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

    /// The service asked for a pause. When it does not say how long, it is 1, 2, 4 … seconds.
    mutating func throttled(at now: Duration, retryAfter: Duration?) {
        pause.failed(at: now, atLeast: retryAfter ?? .zero)
    }

    /// The service answered without complaint. While a pause lasts that is the answer to a request that
    /// was under way when it began, and no reason to end it.
    mutating func answered(at now: Duration) {
        if pause.remaining(at: now) == nil { pause.reset() }
    }
}
