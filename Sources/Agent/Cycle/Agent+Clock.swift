import Remediation
import Rules
import Series
import Time

/// What the agent makes of its own host: clocks that cannot be believed, a ledger that refuses.
extension Agent {
    /// Why the agent watches and does not act; empty when it may.
    package var troubles: [Trouble] {
        let grace = configuration.defaultPolicy.startupGrace
        let jump = clockJump.map { jump in
            Trouble.clockSet(by: jump, until: inventory.sightSince.map { $0 + grace })
        }
        return [record.trouble, jump].compactMap(\.self) + clockWatch.troubles
    }

    /// Returns whether the clock was set since the last cycle. What was read meanwhile then bears
    /// times of two clocks, and is worth nothing.
    mutating func watchClock(_ reading: ClockReading) -> Bool {
        guard let jump = clockWatch.jump(reading) else { return false }
        startAnew(after: jump)
        return true
    }

    /// What is left of every wait stays what it was. What was observed is forgotten: samples and
    /// alerts of two clocks would contradict each other, and forgetting can only delay.
    private mutating func startAnew(after jump: Duration) {
        clockJump = jump
        machine.shift(by: jump)
        desk.clockWasSet(by: jump)
        inventory.startAnew(after: jump)
        rules.startAnew()
        series.removeAll()
        presentSeries = []
        prunedAt = .distantPast
        meter.countClockJump()
    }

    mutating func learnClock(from readings: Readings) {
        guard let offset = readings.gatewayClockOffset,
            let shift = clockWatch.learn(gatewayOffset: offset)
        else { return }
        machine.shift(by: shift)
        desk.clockWasSet(by: shift)
    }

    /// After a jump nothing is done before the agent has observed for as long as after a start.
    mutating func endGraceOfClock(at now: Timestamp) {
        guard case .clockSet(_, let until?) = troubles.first(where: { $0.label == "clock_set" }),
            now >= until
        else { return }
        clockJump = nil
    }

    /// Brings everything to disk; returns whether it is there. The clocks go along with every poll:
    /// it shows in time whether the ledger works, and lets the next start notice a clock that was
    /// set.
    mutating func write(_ clock: ClockReading, withClock: Bool) async -> Bool {
        let changes = machine.changes
        let isRecorded = await record.write(
            changes,
            alerts: rules.snapshot(),
            clock: withClock || !changes.isEmpty ? clockWatch.record(clock) : nil
        )
        guard isRecorded else { return false }
        machine.changesWereRecorded()
        if troubles.isEmpty { await record.tidyWhenDue(at: clock.wall) }
        return true
    }
}
