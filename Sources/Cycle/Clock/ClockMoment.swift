package import Time

/// Both clocks of the host at one moment, as stored on disk. The next start compares them to detect
/// that the wall clock was set while the agent was not running.
package struct ClockMoment: Hashable, Sendable {
    /// Identifies the boot that `elapsed` counts from.
    package var bootID: String
    /// Since the boot, suspension included.
    package var elapsed: Duration
    package var wall: Timestamp
    /// The wall clock is wrong before this moment, because an earlier boot has seen it.
    package var earliest: Timestamp?

    package init(bootID: String, elapsed: Duration, wall: Timestamp, earliest: Timestamp? = nil) {
        self.bootID = bootID
        self.elapsed = elapsed
        self.wall = wall
        self.earliest = earliest
    }
}
