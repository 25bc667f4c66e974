package import Time

/// The wall clock and the elapsed time at one moment.
package struct ClockReading: Hashable, Sendable {
    /// Identifies the boot that `elapsed` counts from.
    package var bootID: String
    /// Since the boot, suspension included; never set.
    package var elapsed: Duration
    package var wall: Timestamp

    package init(bootID: String, elapsed: Duration, wall: Timestamp) {
        self.bootID = bootID
        self.elapsed = elapsed
        self.wall = wall
    }
}

extension AgentClock {
    /// Reads both clocks. The wall clock first: if it is set in between, the next reading shows it.
    package func read() -> ClockReading {
        let wall = now()
        return ClockReading(bootID: bootID, elapsed: elapsed(), wall: wall)
    }
}
