import Remediation
import Rules
import Series
import Time

/// What the cycle makes of its own host: clocks that cannot be believed, a disk that refuses.
extension Cycle {
    /// Why the agent watches and does not act; empty when it may act.
    package var detectOnlyReasons: [DetectOnlyReason] {
        let grace = settings.defaultPolicy.startupGrace
        let jump = clockJump.map { jump in
            DetectOnlyReason.clockSet(by: jump, until: inventory.sightSince.map { $0 + grace })
        }
        return [diskFailure.map(DetectOnlyReason.ledger), jump].compactMap(\.self)
            + clockWatch.reasons
    }

    /// Takes in what became of the last step's write, and new settings. Restarts that waited for a
    /// write that failed were not begun: the machine is told so.
    mutating func settle(_ turn: inout Turn) {
        switch turn.input.disk {
        case .written:
            machine.changesWereRecorded()
            received.changesWereSaved()
            diskFailure = nil
        case .refused(let reason):
            diskFailure = reason
            if let beforeMessages { received = beforeMessages }
            let text = DetectOnlyReason.ledger(reason).description
            turn.reports += awaitingDisk.map { intent in
                .outcome(intentID: intent.id, .notSent(reason: text), at: turn.now)
            }
        case nil: break
        }
        awaitingDisk = []
        beforeMessages = nil
        if let settings = turn.input.settings { adopt(settings, &turn) }
    }

    /// A wall clock that was set makes what was read meanwhile worthless: it bears times of two
    /// clocks.
    mutating func watchClock(_ turn: inout Turn) {
        if let jump = clockWatch.jump(turn.clock) {
            turn.clockJumps += 1
            readableSince = turn.clock.elapsed
            reset(after: jump)
        }
        if let readings = turn.readings, readings.began < readableSince { turn.readings = nil }
    }

    /// What is left of every wait stays what it was. What was observed is forgotten: samples and
    /// alerts of two clocks would contradict each other, and forgetting can only delay.
    private mutating func reset(after jump: Duration) {
        clockJump = jump
        machine.shift(by: jump)
        received.shift(by: jump)
        inventory.reset(after: jump)
        rules.startAnew()
        series.removeAll()
        written.forgetSeries()
        prunedAt = .distantPast
    }

    /// After a jump nothing is done before the agent has observed for as long as after a start.
    mutating func endObservation(at now: Timestamp) {
        guard clockJump != nil, let since = inventory.sightSince,
            now >= since + settings.defaultPolicy.startupGrace
        else { return }
        clockJump = nil
    }

    mutating func learnClock(from readings: Readings) {
        guard let offset = readings.gatewayClockOffset,
            let shift = clockWatch.learn(gatewayOffset: offset)
        else { return }
        machine.shift(by: shift)
        received.shift(by: shift)
    }
}
