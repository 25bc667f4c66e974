import Remediation
import Time

/// How often the agent has started. An agent that is started again and again never ends its
/// start-up grace, so it never acts, and nothing else would say so.
package struct StartCounter: Hashable, Sendable {
    /// Since the ledger was created, this start included.
    package var total: Int
    /// In a row, this one included, that ended before the start-up grace; 0 once this one has
    /// outlasted it.
    package var early: Int

    package init(total: Int, early: Int) {
        self.total = total
        self.early = early
    }

    /// Whether three starts in a row, or more, ended before the start-up grace.
    package var isCrashLoop: Bool { early > Self.patience }

    private static let patience = 3
}

extension Cycle {
    /// Whether the start-up grace is over.
    func hasObserved(at now: Timestamp) -> Bool {
        inventory.sightSince.map { now >= $0 + settings.defaultPolicy.startupGrace } ?? false
    }
}
