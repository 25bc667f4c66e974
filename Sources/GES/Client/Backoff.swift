/// Pauses after failures: each twice as long as the one before, up to a limit.
struct Backoff: Hashable {
    /// Failures in a row that cost nothing yet.
    let tolerated: Int
    let first: Duration
    let maximum: Duration
    /// The longest pause that the other side may ask for: it may be wrong, or hostile.
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

    /// - Parameter atLeast: what the other side asked for.
    mutating func failed(at now: Duration, atLeast requested: Duration = .zero) {
        let requestedEnd = now + min(requested, requestedMaximum)
        // Requests that were under way when the pause began fail together: that is one failure.
        if let pausedUntil, pausedUntil > now {
            self.pausedUntil = max(pausedUntil, requestedEnd)
            return
        }
        failures += 1
        guard failures > tolerated else { return }
        // 2^20 times anything is above any limit in use.
        let doublings = min(failures - tolerated - 1, 20)
        pausedUntil = max(now + min(first * (1 << doublings), maximum), requestedEnd)
    }

    mutating func reset() {
        failures = 0
        pausedUntil = nil
    }

    /// The rest of the pause; nil when there is none.
    func remaining(at now: Duration) -> Duration? {
        pausedUntil.flatMap { $0 > now ? $0 - now : nil }
    }
}
