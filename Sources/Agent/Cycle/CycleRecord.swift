import Ledger
package import Logging
package import Remediation
package import Rules
package import Series
import Synchronization

/// Brings what a cycle decided to disk before anything acts on it. While the disk refuses, the
/// agent only detects, and tries again with every cycle.
package final class CycleRecord: Sendable {
    private let ledger: LedgerQueue
    private let inbox: Inbox
    private let metrics: MetricRegistry
    private let logger: Logger
    private let failure = Mutex<String?>(nil)

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
    package var detectOnlyReason: String? { failure.withLock { $0 } }

    /// Returns whether the changes are on disk.
    package func write(
        _ changes: Machine.Changes,
        alerts: [AlertSnapshot],
        at: Timestamp
    ) async -> Bool {
        do {
            let seconds = try await ledger.record(changes, alerts: alerts)
            metrics.observe(MetricCatalog.storeDuration, seconds: seconds, "record")
            metrics.add(to: MetricCatalog.storeOperations, "record")
            note(nil)
            return true
        } catch {
            metrics.add(to: MetricCatalog.storeOperations, "record")
            metrics.add(to: MetricCatalog.storeFailures, "record")
            note("detecting only, because the ledger cannot be written: \(error)")
            return false
        }
    }

    /// What may still be done with effects whose record did not reach the disk: reading and
    /// logging. A restart among them is reported as not sent.
    func withhold(_ effects: [Effect], at: Instant) -> [Effect] {
        effects.filter { effect in
            guard case .restart(let intent) = effect else { return true }
            let reason = detectOnlyReason ?? "the intention could not be recorded"
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
        if let reason, before == nil { logger.error("\(reason)") }
        if reason == nil, before != nil { logger.info("The ledger can be written again") }
    }
}
