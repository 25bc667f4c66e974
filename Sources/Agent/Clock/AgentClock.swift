import Series
package import Time

/// The clocks of the service: calendar time for what is recorded, elapsed time for waiting. The
/// only place below the command line that looks at either.
package struct AgentClock: Sendable {
    package var now: @Sendable () -> Timestamp
    package var sleep: @Sendable (Duration) async throws -> Void
    /// Since the boot of the host, suspension included; never set.
    package var elapsed: @Sendable () -> Duration
    /// Names the boot that `elapsed` counts from.
    package var bootID: String

    package static let system = AgentClock(
        now: { WallClock.now() },
        sleep: { try await ContinuousClock().sleep(for: $0) },
        elapsed: { BootClock.elapsed() },
        bootID: BootClock.id
    )

    /// Both clocks at once. The wall first: if it is set between the two, the next reading tells.
    package func read() -> ClockReading {
        let wall = now()
        return ClockReading(bootID: bootID, elapsed: elapsed(), wall: wall)
    }
}

/// The wall clock and the elapsed time at one moment.
package struct ClockReading: Hashable, Sendable {
    package var bootID: String
    package var elapsed: Duration
    package var wall: Timestamp

    package init(bootID: String, elapsed: Duration, wall: Timestamp) {
        self.bootID = bootID
        self.elapsed = elapsed
        self.wall = wall
    }
}
