/// Exponential backoff: each pause is twice as long as the one before, up to a maximum. Without
/// jitter: the agent is a single client. Times are readings of a monotonic clock.
struct Backoff: Hashable {
    /// The number of consecutive failures that cause no pause.
    let tolerated: Int
    let first: Duration
    let maximum: Duration
    /// The longest pause that the server may request. A server may be wrong, or hostile.
    let requestedMaximum: Duration

    private var failures = 0
    private var pausedUntil: Duration?

    init(
        tolerated: Int = 0,
        first: Duration,
        maximum: Duration,
        requestedMaximum: Duration? = nil
    ) {
        self.tolerated = tolerated
        self.first = first
        self.maximum = maximum
        self.requestedMaximum = requestedMaximum ?? maximum
    }

    /// - Parameter requested: the pause that the server asked for.
    mutating func failed(at now: Duration, atLeast requested: Duration = .zero) {
        let requestedEnd = now + min(requested, requestedMaximum)
        // Requests in flight when the pause started fail together: count them as one failure.
        if let pausedUntil, pausedUntil > now {
            self.pausedUntil = max(pausedUntil, requestedEnd)
            return
        }
        failures += 1
        guard failures > tolerated else { return }
        // Bounds the shift; 2^20 times any pause in use exceeds every maximum.
        let doublings = min(failures - tolerated - 1, 20)
        pausedUntil = max(now + min(first * (1 << doublings), maximum), requestedEnd)
    }

    mutating func reset() {
        failures = 0
        pausedUntil = nil
    }

    /// The rest of the current pause; nil if there is none.
    func remaining(at now: Duration) -> Duration? {
        pausedUntil.flatMap { $0 > now ? $0 - now : nil }
    }
}
