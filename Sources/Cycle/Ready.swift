package import Coordination
package import Diagnosis
package import Remediation
package import Rules

/// The result of a step: everything to be done. The caller processes the fields in this order:
///
/// 1. `toDisk`, in one transaction.
/// 2. `log`, line by line, whether or not the write succeeded. It follows the write, so that a
/// logged
///    decision is on disk, and it comes before the effects that it announces.
/// 3. `anytime`: effects that only read. They may start even if the write failed.
/// 4. `afterDisk`, in this order, only if the write succeeded. A restart whose intent is not on
/// disk
///    must never be sent: after a crash the agent would not know of it. If the write fails, none of
///    these start and `CycleInput.disk` tells the next step.
/// 5. `replies`. If the write failed, the senders get an error instead.
/// 6. `status`, published for readers.
package struct Ready: Sendable {
    package var toDisk: ToDisk
    package var log: [LogLine]
    package var anytime: [Effect]
    package var afterDisk: [Effect]
    package var replies: [AlertReply]
    /// What other agents should know; nil for an agent that is alone.
    package var publication: Publication?
    package var status: Status
}

/// The state that must survive a crash, written in one transaction.
package struct ToDisk: Sendable {
    package var changes: Machine.Changes
    /// The state of every rule alert; nil if it is what the last successful write had.
    package var alerts: [AlertSnapshot]?
    package var savedReceived: [ReceivedAlert]
    package var removedReceived: [ReceivedAlert.Key]
    package var savedStatuses: [StatusMoment]
    /// The graphs that are gone.
    package var removedStatuses: [String]
    /// What diagnosis must know after a start.
    package var savedMemories: [GraphMemory]
    /// The graphs that are gone.
    package var removedMemories: [String]
    package var incidents: IncidentChanges
    /// Whether this start of the agent has just outlasted the start-up grace.
    package var isLastingStart = false
    /// Nil if the clocks need not be written.
    package var clock: ClockMoment?
}

extension Cycle {
    /// Splits the effects of the machine by whether they wait for the write.
    mutating func ready(
        _ turn: Turn,
        _ effects: [Effect],
        _ alerts: [ActiveAlert],
        _ view: FleetView,
        _ test: SelfTest?
    ) -> Ready {
        var (log, anytime, afterDisk) = (turn.log, [Effect](), [Effect]())
        for effect in effects {
            if case .record(let entry) = effect {
                log.append(LogLine(entry, graphName: entry.graphID.flatMap(graphName)))
            } else if effect.waitsForDisk {
                afterDisk.append(effect)
            } else {
                anytime.append(effect)
            }
        }
        awaitingDisk = afterDisk.compactMap(\.sentIntent)
        log += reported.changes(to: detectOnlyReasons)
        let toDisk = toDisk(turn)
        isLastingStartPending = toDisk.isLastingStart
        return Ready(
            toDisk: toDisk,
            log: log,
            anytime: anytime,
            afterDisk: afterDisk,
            replies: turn.replies,
            publication: publication,
            status: status(turn, alerts, view, test)
        )
    }

    /// The name as listed, or as written in the intent of a restart if the graph is gone.
    private func graphName(_ id: GraphID) -> String? {
        inventory.entries[id.rawValue]?.graph.name ?? machine.record(of: id).phase.intent?.graphName
    }

    /// The clocks are written with every poll: this detects a failing ledger early, and lets the
    /// next start detect a clock that was set. After a failure they are written with every step,
    /// because an empty write would look like a successful one.
    private func toDisk(_ turn: Turn) -> ToDisk {
        let changes = machine.changes
        let needsClock =
            turn.readings != nil || turn.input.isStopping || diskFailure != nil || !changes.isEmpty
        let statuses = inventory.statusChanges
        let memories = diagnosis.memoryChanges
        return ToDisk(
            changes: changes,
            alerts: areAlertsUnsaved ? rules.snapshot() : nil,
            savedReceived: received.saved,
            removedReceived: received.removed.sorted(),
            savedStatuses: statuses.saved,
            removedStatuses: statuses.removed,
            savedMemories: memories.saved,
            removedMemories: memories.removed,
            incidents: incidents.changes,
            isLastingStart: starts.map { $0.early > 0 && hasObserved(at: turn.now) } ?? false,
            clock: needsClock ? clockWatch.record(turn.clock) : nil
        )
    }
}
