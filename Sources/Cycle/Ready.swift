package import Remediation
package import Rules

/// What a step wants done. The fields are in the order in which the caller deals with them:
///
/// 1. `toDisk`, in one transaction.
/// 2. `log`, line by line, whatever became of the write: who reads that a restart was decided may
///    rely on its intent being on record, and a line about an effect comes before the effect.
/// 3. `anytime`: reading only, so it may begin whatever became of the write.
/// 4. `afterDisk`, in this order, and only if the write succeeded. A restart whose intent is not on
///    disk must never be sent: after a crash nobody would know of it. When the write fails, none of
///    this is begun and the next step is told by `CycleInput.disk`.
/// 5. `replies`: when the write failed the senders are told so instead.
/// 6. `status`, for everybody who reads.
package struct Ready: Sendable {
    package var toDisk: ToDisk
    package var log: [LogLine]
    package var anytime: [Effect]
    package var afterDisk: [Effect]
    package var replies: [AlertReply]
    package var status: Status
}

/// What must survive a crash, written in one transaction.
package struct ToDisk: Sendable {
    package var changes: Machine.Changes
    /// The state of every alert of our own rules.
    package var alerts: [AlertSnapshot]
    package var savedReceived: [ReceivedAlert]
    package var removedReceived: [ReceivedAlert.Key]
    /// Nil when the clocks need not be written.
    package var clock: ClockMoment?
}

extension Cycle {
    /// Sorts what the machine wants by whether it may begin before the write.
    mutating func ready(
        _ turn: Turn,
        _ effects: [Effect],
        _ alerts: [ActiveAlert],
        _ received: [ReceivedAlert],
        _ view: FleetView
    ) -> Ready {
        var (log, anytime, afterDisk) = (turn.log, [Effect](), [Effect]())
        for effect in effects {
            if case .record(let entry) = effect {
                log.append(LogLine(entry))
            } else if effect.waitsForDisk {
                afterDisk.append(effect)
            } else {
                anytime.append(effect)
            }
        }
        awaitingDisk = afterDisk.compactMap { effect in
            if case .restart(let intent) = effect { intent } else { nil }
        }
        log += reported.changes(to: detectOnlyReasons)
        return Ready(
            toDisk: toDisk(turn),
            log: log,
            anytime: anytime,
            afterDisk: afterDisk,
            replies: turn.replies,
            status: status(turn, alerts, received, view)
        )
    }

    /// The clocks go along with every poll: that shows in time whether the ledger works, and lets
    /// the next start notice a clock that was set. After a failure they go along with every step, or
    /// one that has nothing to write would pass for a write that succeeded.
    private func toDisk(_ turn: Turn) -> ToDisk {
        let changes = machine.changes
        let needsClock =
            turn.readings != nil || turn.input.isStopping || diskFailure != nil || !changes.isEmpty
        return ToDisk(
            changes: changes,
            alerts: rules.snapshot(),
            savedReceived: received.saved,
            removedReceived: received.removed.sorted(),
            clock: needsClock ? clockWatch.record(turn.clock) : nil
        )
    }
}
