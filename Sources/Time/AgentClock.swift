/// The clocks of the agent, passed as closures so that tests and simulations control time. Calendar
/// time is for records, elapsed time for waiting and measuring: the calendar can be set back while
/// the agent runs.
package struct AgentClock: Sendable {
    package var now: @Sendable () -> Timestamp
    /// Throws when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void
    /// Time since the host booted, including suspension. It never goes backwards.
    package var elapsed: @Sendable () -> Duration
    /// Identifies the boot that `elapsed` counts from. Values of `elapsed` from different boots
    /// cannot be compared.
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
