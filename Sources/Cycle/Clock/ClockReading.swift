package import Time

/// The wall clock and the elapsed time at one moment.
package struct ClockReading: Hashable, Sendable {
    /// Names the boot that `elapsed` counts from.
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
    /// Both clocks at once. The wall first: if it is set between the two, the next reading tells.
    package func read() -> ClockReading {
        let wall = now()
        return ClockReading(bootID: bootID, elapsed: elapsed(), wall: wall)
    }
}
