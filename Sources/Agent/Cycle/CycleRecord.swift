package import Ledger
package import Logging
package import Remediation
package import Rules
import Series
import Synchronization
package import Time

/// Brings what a cycle decided to disk before anything acts on it. While the disk refuses, the
/// agent only detects, and tries again with every cycle.
package final class CycleRecord: Sendable {
    private let ledger: LedgerQueue
    private let inbox: Inbox
    private let metrics: MetricRegistry
    private let logger: Logger
    private let failure = Mutex<String?>(nil)
    private let tidiedAt = Mutex<Timestamp?>(nil)

    /// How long intents, outcomes and the audit trail are kept, and how often the rest is removed.
    private static let retention = Duration.seconds(30 * 86_400)
    private static let tidyInterval = Duration.seconds(86_400)

    package init(
        ledger: LedgerQueue,
        inbox: Inbox,
        metrics: MetricRegistry,
        logger: Logger
    ) {
        self.ledger = ledger
        self.inbox = inbox
        self.metrics = metrics
        self.logger = logger
    }

    /// Why the agent may not act; nil while the ledger works.
    package var trouble: Trouble? { failure.withLock { $0 }.map(Trouble.ledger) }

    /// Returns whether the changes are on disk.
    ///
    /// - Parameter clock: the clocks, when they are to be written too.
    package func write(
        _ changes: Machine.Changes,
        alerts: [AlertSnapshot],
        clock: ClockRecord?
    ) async -> Bool {
        do {
            let seconds = try await ledger.record(changes, alerts: alerts, clock: clock)
            metrics.observe(MetricCatalog.storeDuration, seconds: seconds, "record")
            metrics.add(to: MetricCatalog.storeOperations, "record")
            note(nil)
            return true
        } catch {
            metrics.add(to: MetricCatalog.storeOperations, "record")
            metrics.add(to: MetricCatalog.storeFailures, "record")
            note("\(error)")
            return false
        }
    }

    /// Housekeeping can wait: what goes wrong with it is said, and tried again a day later. Not to
    /// be asked for while the clock may be wrong, or history would be taken for old.
    package func tidyWhenDue(at now: Timestamp) async {
        let isDue = tidiedAt.withLock { last in
            if let known = last, now - known < Self.tidyInterval { return false }
            last = now
            return true
        }
        guard isDue else { return }
        do {
            let size = try await ledger.tidy(before: now - Self.retention)
            metrics.set(MetricCatalog.storeSize, to: Double(size))
        } catch {
            logger.warning("The ledger could not be tidied", metadata: ["err": "\(error)"])
        }
    }

    /// What may still be done with effects whose record did not reach the disk: reading and
    /// logging. A restart among them is reported as not sent.
    func withhold(_ effects: [Effect], at: Timestamp) -> [Effect] {
        effects.filter { effect in
            guard case .restart(let intent) = effect else { return true }
            let reason = trouble?.description ?? "the intention could not be recorded"
            inbox.put(.outcome(intentID: intent.id, .notSent(reason: reason), at: at))
            return false
        }
    }

    /// Says a change of state once, not with every cycle.
    private func note(_ reason: String?) {
        let before = failure.withLock { state in
            defer { state = reason }
            return state
        }
        if let reason, before == nil { logger.error("\(Trouble.ledger(reason))") }
        if reason == nil, before != nil { logger.info("The ledger can be written again") }
    }
}
