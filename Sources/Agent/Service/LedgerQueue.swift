import Dispatch
package import Ledger
package import Remediation
package import Rules

/// The ledger on a thread of its own: SQLite blocks, and a blocked thread of the cooperative pool
/// would stop half of a small machine.
package final class LedgerQueue: Sendable {
    private let ledger: Ledger
    private let queue = DispatchQueue(label: "graphwarden.ledger")
    private let elapsed: @Sendable () -> Duration

    package init(_ ledger: Ledger, elapsed: @escaping @Sendable () -> Duration) {
        self.ledger = ledger
        self.elapsed = elapsed
    }

    /// Writes the changes and the state of the alerts; returns how many seconds it took.
    package func record(
        _ changes: Machine.Changes,
        alerts: [AlertSnapshot]
    ) async throws(LedgerError) -> Double {
        let started = elapsed()
        try await onQueue { ledger throws(LedgerError) in
            try ledger.record(changes, alertStates: AlertRecords.encode(alerts))
        }
        return (elapsed() - started).inSeconds
    }

    /// Forgets what is older than `instant`; returns the size of what is left.
    package func tidy(before instant: Instant) async throws(LedgerError) -> Int {
        try await onQueue { ledger throws(LedgerError) in
            try ledger.prune(before: instant)
            return try ledger.sizeBytes()
        }
    }

    private func onQueue<Value: Sendable>(
        _ body: @escaping @Sendable (Ledger) throws(LedgerError) -> Value
    ) async throws(LedgerError) -> Value {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Value, LedgerError>, Never>) in
            queue.async { [ledger] in
                do throws(LedgerError) {
                    continuation.resume(returning: .success(try body(ledger)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
