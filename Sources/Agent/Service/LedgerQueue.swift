import Dispatch
package import Ledger
package import Remediation
package import Rules
import Synchronization
package import Time

/// The ledger on a thread of its own: SQLite blocks, and a blocked thread of the cooperative pool
/// would stop half of a small machine.
package final class LedgerQueue: Sendable {
    private let ledger: Ledger
    private let queue = DispatchQueue(label: "graphwarden.ledger")
    private let elapsed: @Sendable () -> Duration
    private let verification = Mutex(Verification())

    /// When the file was last read as a whole.
    private struct Verification {
        var due = Duration.zero
        /// The file was found damaged, and is not believed before it was found whole.
        var isDamaged = false
    }

    /// A file of this size is read in a moment; a larger one would hold up the cycle each time.
    private static let smallBytes = 16 << 20

    package init(_ ledger: Ledger, elapsed: @escaping @Sendable () -> Duration) {
        self.ledger = ledger
        self.elapsed = elapsed
    }

    /// Writes the changes, the state of the alerts and the clocks; returns how many seconds it took.
    package func record(
        _ changes: Machine.Changes,
        alerts: [AlertSnapshot],
        clock: ClockRecord?
    ) async throws(LedgerError) -> Double {
        let started = elapsed()
        try await onQueue { [self] ledger throws(LedgerError) in
            try verified(ledger) { ledger throws(LedgerError) in
                try ledger.record(changes, alertStates: AlertRecords.encode(alerts), clock: clock)
            }
        }
        return (elapsed() - started).inSeconds
    }

    /// Runs `body` on a file that can be believed. To be called on the ledger's thread.
    func verified(
        _ ledger: Ledger,
        _ body: (Ledger) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        do throws(LedgerError) {
            try verifyWhenDue(ledger)
            try body(ledger)
        } catch {
            if case .corrupt = error.cause { verification.withLock { $0.isDamaged = true } }
            throw error
        }
    }

    /// Every minute, or every hour when that takes long.
    private func verifyWhenDue(_ ledger: Ledger) throws(LedgerError) {
        let now = elapsed()
        guard verification.withLock({ $0.isDamaged || $0.due <= now }) else { return }
        try ledger.verify()
        let isSmall = try ledger.sizeBytes() <= Self.smallBytes
        verification.withLock {
            $0 = Verification(due: now + .seconds(isSmall ? 60 : 3600))
        }
    }

    /// Forgets what is older than `instant`; returns the size of what is left.
    package func tidy(before instant: Timestamp) async throws(LedgerError) -> Int {
        try await onQueue { ledger throws(LedgerError) in
            try ledger.prune(before: instant)
            return try ledger.sizeBytes()
        }
    }

    private func onQueue<Value: Sendable>(
        _ body: @escaping @Sendable (Ledger) throws(LedgerError) -> Value
    ) async throws(LedgerError) -> Value {
        let result: Result<Value, LedgerError> = await onQueue { ledger in
            do throws(LedgerError) {
                return .success(try body(ledger))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Runs `body` on the ledger's thread, one after the other with everything else that uses it.
    func onQueue<Value: Sendable>(
        _ body: @escaping @Sendable (Ledger) -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { [ledger] in continuation.resume(returning: body(ledger)) }
        }
    }
}
