package import Series

/// The two clocks of the service: calendar time for what is recorded, elapsed time for waiting.
/// The only place below the command line that looks at either.
package struct AgentClock: Sendable {
    package var now: @Sendable () -> Timestamp
    package var sleep: @Sendable (Duration) async throws -> Void
    package var elapsed: @Sendable () -> Duration

    package static let system = AgentClock(
        now: { WallClock.now() },
        sleep: { try await ContinuousClock().sleep(for: $0) },
        elapsed: { systemStart.duration(to: .now) }
    )

    private static let systemStart = ContinuousClock.now
}
