package import Remediation
import Synchronization

/// What came back from the world and waits for the next cycle. The cycle owns all state; whoever
/// has something to tell it leaves it here.
package final class Inbox: Sendable {
    private let reports = Mutex<[Report]>([])

    package init() {}

    package func put(_ report: Report) {
        reports.withLock { $0.append(report) }
    }

    package func drain() -> [Report] {
        reports.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
