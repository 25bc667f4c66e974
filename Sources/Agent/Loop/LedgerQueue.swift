package import Cycle
import Dispatch
package import Ledger
import Synchronization
package import Time

/// Runs the ledger on a thread of its own. SQLite blocks, and a blocked thread of the cooperative
/// pool is half of the pool on a machine with two cores.
package final class LedgerQueue: LedgerWriter {
    private let ledger: Ledger
    private let queue = DispatchQueue(label: "graphwarden.ledger")
    private let verification: LedgerVerification

    package init(_ ledger: Ledger, elapsed: @escaping @Sendable () -> Duration) {
        self.ledger = ledger
        verification = LedgerVerification(elapsed: elapsed)
    }

    package func write(_ toDisk: ToDisk) async throws(LedgerError) {
        try await onQueue { [verification] ledger throws(LedgerError) in
            try verification.verified(ledger) { ledger throws(LedgerError) in
                try ledger.write(toDisk)
            }
        }
    }

    package func tidy(before time: Timestamp) async throws(LedgerError) -> Int {
        try await onQueue { ledger throws(LedgerError) in
            try ledger.prune(before: time)
            return try ledger.sizeBytes()
        }
    }

    private func onQueue<Value: Sendable>(
        _ body: @escaping @Sendable (Ledger) throws(LedgerError) -> Value
    ) async throws(LedgerError) -> Value {
        let result: Result<Value, LedgerError> = await withCheckedContinuation { continuation in
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

/// Verifies the ledger file periodically, and before every write once damage was found, so that
/// nothing is written to a file that cannot be read back.
final class LedgerVerification: Sendable {
    private struct State {
        var due = Duration.zero
        /// The file was found damaged and has not been found intact since.
        var isDamaged = false
    }

    /// A larger file takes long enough to read that the loop would be delayed.
    private static let smallBytes = 16 << 20

    private let elapsed: @Sendable () -> Duration
    private let state = Mutex(State())

    init(elapsed: @escaping @Sendable () -> Duration) {
        self.elapsed = elapsed
    }

    /// Runs `body` on a verified file. Call this on the thread of the ledger.
    func verified(
        _ ledger: Ledger,
        _ body: (Ledger) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        do throws(LedgerError) {
            try verifyWhenDue(ledger)
            try body(ledger)
        } catch {
            if case .corrupt = error.cause { state.withLock { $0.isDamaged = true } }
            throw error
        }
    }

    /// Once a minute, or once an hour if the file is large.
    private func verifyWhenDue(_ ledger: Ledger) throws(LedgerError) {
        let now = elapsed()
        guard state.withLock({ $0.isDamaged || $0.due <= now }) else { return }
        try ledger.verify()
        let isSmall = try ledger.sizeBytes() <= Self.smallBytes
        state.withLock { $0 = State(due: now + .seconds(isSmall ? 60 : 3600)) }
    }
}
