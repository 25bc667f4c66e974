import Cycle
import Remediation
import Synchronization
import Time
import VirtualTime

@testable import Agent
@testable import Ledger

/// A ledger in memory with scripted failures. Every write first awaits `before`.
final class LoopLedger: LedgerWriter {
    struct State {
        /// Whether a write fails; called once per write.
        var refuses: @Sendable (ToDisk) -> Bool = { _ in false }
        var before: @Sendable (ToDisk) async -> Void = { _ in }
        /// Called at the end of each write.
        var after: @Sendable () -> Void = {}
        /// Writes, including failed ones.
        var attempts = 0
        var written: [ToDisk] = []
        /// The time before which history was deleted, for each deletion.
        var tidied: [Timestamp] = []
    }

    /// The error of a failed write.
    static let full = LedgerError(cause: .full, path: "ledger")

    private let state = Mutex(State())
    private let trace: EventTrace

    init(_ trace: EventTrace) {
        self.trace = trace
    }

    @discardableResult
    func with<Value>(_ body: (inout State) -> Value) -> Value {
        state.withLock { body(&$0) }
    }

    /// The labels of all outcomes on disk.
    var outcomes: [String] {
        with { $0.written.flatMap(\.changes.outcomes).map(\.outcome.label) }
    }

    func write(_ toDisk: ToDisk) async throws(LedgerError) {
        let (before, refuses, after) = with { ($0.before, $0.refuses, $0.after) }
        await before(toDisk)
        with { $0.attempts += 1 }
        defer { after() }
        guard !refuses(toDisk) else {
            trace.record("disk refuses")
            throw Self.full
        }
        with { $0.written.append(toDisk) }
        for intent in toDisk.changes.intents { trace.record("disk: intent \(intent.graphID)") }
        for outcome in toDisk.changes.outcomes {
            trace.record("disk: outcome \(outcome.outcome.label)")
        }
        for alert in toDisk.savedReceived { trace.record("disk: alert \(alert.key.fingerprint)") }
    }

    func tidy(before time: Timestamp) async throws(LedgerError) -> Int {
        with { $0.tidied.append(time) }
        return 0
    }
}
