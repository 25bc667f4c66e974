import Diagnosis
import Remediation
import Rules
import Series
import Time

/// Problems of the host: clocks that are wrong, a disk that refuses writes.
extension Cycle {
    /// Why the agent only detects; empty if it may act.
    package var detectOnlyReasons: [DetectOnlyReason] {
        let grace = settings.defaultPolicy.startupGrace
        let jump = clockJump.map { jump in
            DetectOnlyReason.clockSet(by: jump, until: inventory.sightSince.map { $0 + grace })
        }
        return [
            diskFailure.map(DetectOnlyReason.ledger),
            ledgerShortfall.map(DetectOnlyReason.olderLedger), jump, rival,
        ]
        .compactMap(\.self)
            + clockWatch.reasons
    }

    private var rival: DetectOnlyReason? {
        let count = machine.rivals.count
        return count >= Rivals.proof ? .rival(count) : nil
    }

    /// Processes the outcome of the last write, and new settings. Restarts that waited for a failed
    /// write were not started; the machine gets a `notSent` outcome for each.
    mutating func settle(_ turn: inout Turn) {
        switch turn.input.disk {
        case .written:
            machine.changesWereRecorded()
            received.changesWereSaved()
            inventory.statusesWereWritten()
            diagnosis.memoryWasWritten()
            incidents.changesWereRecorded()
            areAlertsUnsaved = false
            if isLastingStartPending { starts?.early = 0 }
            diskFailure = nil
        case .refused(let reason):
            diskFailure = reason
            if let beforeMessages { received = beforeMessages }
            let text = DetectOnlyReason.ledger(reason).description
            machine.changesWereRefused()
            turn.reports += awaitingDisk.map { intent in
                .outcome(intentID: intent.id, .notSent(reason: text), at: turn.now)
            }
        case nil: break
        }
        isLastingStartPending = false
        awaitingDisk = []
        beforeMessages = nil
        if turn.input.isCredentialReplaced { machine.credentialWasReplaced() }
        if let settings = turn.input.settings { adopt(settings, &turn) }
    }

    /// Detects a wall clock that was set. Readings taken before are discarded: their times are of
    /// another clock.
    mutating func watchClock(_ turn: inout Turn) {
        if let jump = clockWatch.jump(turn.clock) {
            turn.clockJumps += 1
            readableSince = turn.clock.elapsed
            reset(after: jump)
            incidents.shift(by: jump, at: turn.now)
        }
        if let readings = turn.readings, readings.began < readableSince { turn.readings = nil }
    }

    /// Shifts stored moments, so that the remaining time of each wait stays the same, and drops
    /// observations: samples and alerts of two clocks would contradict each other. Dropping them
    /// can only delay a restart.
    private mutating func reset(after jump: Duration) {
        clockJump = jump
        troubleLog.shift(by: jump)
        silences.shift(by: jump)
        removedWindows = removedWindows.map { $0.shifted(by: jump) }
        // What agents share has the times of whoever wrote it.
        if cluster == nil { machine.shift(by: jump) }
        received.shift(by: jump)
        inventory.reset(after: jump)
        provider.shift(by: jump)
        jobs.shift(by: jump)
        diagnosis.shift(by: jump)
        rules.reset()
        areAlertsUnsaved = true
        series.removeAll()
        restored = RestoredSamples()
        written.forgetSeries()
        delayed.forgetSeries()
        nodes.forgetSeries()
        prunedAt = .distantPast
    }

    /// After a jump the agent observes for as long as after a start before it acts.
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
        if cluster == nil { machine.shift(by: shift) }
        received.shift(by: shift)
        inventory.shiftRemembered(by: shift)
        diagnosis.shift(by: shift)
        incidents.shift(by: shift, at: readings.at)
    }
}
