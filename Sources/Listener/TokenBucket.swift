/// Counts requests against a `RateLimit`: every interval one token falls into a bucket that holds
/// as many as the burst, and every request takes one out. Time is that since any fixed moment.
struct TokenBucket {
    private let limit: RateLimit
    private var full: Duration

    init(_ limit: RateLimit, at now: Duration) {
        self.limit = limit
        full = now
    }

    /// False when there is none.
    mutating func take(at now: Duration) -> Bool {
        let fullAgain = max(full, now) + limit.interval
        guard fullAgain - now <= limit.interval * limit.burst else { return false }
        full = fullAgain
        return true
    }
}
