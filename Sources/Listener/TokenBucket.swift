/// A token bucket for a `RateLimit`: one token is added per interval, up to `burst`, and every
/// request takes one. Times are relative to any fixed origin.
struct TokenBucket {
    private let limit: RateLimit
    /// When the bucket will be full again. That single time determines the number of tokens, so
    /// there is no counter to refill.
    private var full: Duration

    init(_ limit: RateLimit, at now: Duration) {
        self.limit = limit
        full = now
    }

    /// Takes a token; returns false if the bucket is empty.
    mutating func take(at now: Duration) -> Bool {
        let fullAgain = max(full, now) + limit.interval
        guard fullAgain - now <= limit.interval * limit.burst else { return false }
        full = fullAgain
        return true
    }
}
