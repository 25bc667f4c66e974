package import API
package import Cycle
package import Ledger
package import Logging
package import Time

/// The ledger as the loop uses it.
package protocol LedgerWriter: Sendable {
    /// Everything is on disk when this returns, and nothing if it throws.
    func write(_ toDisk: ToDisk) async throws(LedgerError)
    /// Deletes history older than `time`. Returns the remaining size in bytes.
    func tidy(before time: Timestamp) async throws(LedgerError) -> Int
}

/// Writes the decisions of a step to disk before anything acts on them.
package struct IntentWriter {
    private let ledger: any LedgerWriter
    private let metrics: MetricRegistry
    private let clock: AgentClock
    private let logger: Logger
    private var tidiedAt: Timestamp?

    /// How long intents, outcomes and the audit trail are kept.
    private let retention: Duration
    /// How often older ones are deleted.
    private static let tidyInterval = Duration.seconds(86_400)

    package init(
        ledger: any LedgerWriter,
        metrics: MetricRegistry,
        clock: AgentClock,
        retention: Duration,
        logger: Logger
    ) {
        self.ledger = ledger
        self.metrics = metrics
        self.clock = clock
        self.retention = retention
        self.logger = logger
    }

    package func write(_ toDisk: ToDisk) async -> DiskOutcome {
        let started = clock.elapsed()
        metrics.add(to: MetricCatalog.storeOperations, "record")
        do {
            try await ledger.write(toDisk)
        } catch {
            metrics.add(to: MetricCatalog.storeFailures, "record")
            return .refused("\(error)")
        }
        let seconds = (clock.elapsed() - started).inSeconds
        metrics.observe(MetricCatalog.storeDuration, seconds: seconds, "record")
        return .written
    }

    /// Deletes old history once a day. A failure is logged and retried a day later. Do not call
    /// this while the clock may be wrong: recent history would look old.
    package mutating func tidyWhenDue(at now: Timestamp) async {
        if let last = tidiedAt, now - last < Self.tidyInterval { return }
        tidiedAt = now
        do {
            let size = try await ledger.tidy(before: now - retention)
            metrics.set(MetricCatalog.storeSize, to: Double(size))
        } catch {
            logger.warning("The ledger could not be tidied", metadata: ["err": "\(error)"])
        }
    }
}
