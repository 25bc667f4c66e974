/// The clocks that are handed to whoever waits or measures, as closures, so that tests and
/// simulations own time: calendar time for what is recorded, elapsed time for waiting.
package struct AgentClock: Sendable {
    package var now: @Sendable () -> Timestamp
    /// Throws when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void
    /// Since the boot of the host, suspension included; never set.
    package var elapsed: @Sendable () -> Duration
    /// Names the boot that `elapsed` counts from.
    package var bootID: String

    package init(
        now: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        elapsed: @escaping @Sendable () -> Duration,
        bootID: String
    ) {
        self.now = now
        self.sleep = sleep
        self.elapsed = elapsed
        self.bootID = bootID
    }
}
