package import Time

/// Both clocks of the host at one moment, as they are kept on disk. By it the next start notices
/// that the wall clock was set while the agent was not running.
package struct ClockMoment: Hashable, Sendable {
    /// Of the host: elapsed time begins anew with each boot.
    package var bootID: String
    /// Since the boot, suspension included.
    package var elapsed: Duration
    package var wall: Timestamp
    /// The wall clock is not to be believed before this moment: an earlier boot has seen it.
    package var earliest: Timestamp?

    package init(bootID: String, elapsed: Duration, wall: Timestamp, earliest: Timestamp? = nil) {
        self.bootID = bootID
        self.elapsed = elapsed
        self.wall = wall
        self.earliest = earliest
    }
}
