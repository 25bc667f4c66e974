import Glibc
package import Time

/// The clocks of the client, injected so that tests and simulations control time.
package struct ClientClock: Sendable {
    /// Calendar time, for signatures and dates in headers. May jump.
    package var wall: @Sendable () -> Timestamp
    /// Monotonic time from an arbitrary origin, for token lifetimes, rate limits and durations.
    package var elapsed: @Sendable () -> Duration
    /// Throws when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        wall: @escaping @Sendable () -> Timestamp,
        elapsed: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.wall = wall
        self.elapsed = elapsed
        self.sleep = sleep
    }
}

extension ClientClock {
    /// The system clocks. `elapsed` includes suspension, because tokens expire while the machine
    /// sleeps.
    package static let system = ClientClock(
        wall: { Timestamp(milliseconds: read(CLOCK_REALTIME).wholeMilliseconds) },
        elapsed: { read(CLOCK_BOOTTIME) },
        sleep: { try await Task.sleep(for: $0) }
    )

    private static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
