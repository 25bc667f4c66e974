package import Series
import Synchronization

/// Where the cycle leaves its series and queries find them.
///
/// A copy of the store costs nothing until one of the two is written to. So the cycle takes its
/// copy back before it writes, and only a query that is still running then makes it copy. A query
/// that comes in this time waits for the end of the cycle; the cycle never waits.
package final class SeriesBoard: Sendable {
    /// Nil while the cycle writes to its series.
    let content = Mutex<SeriesSnapshot?>(nil)
    private let published = AsyncEvent()

    package init() {}

    package func publish(_ snapshot: SeriesSnapshot) {
        content.withLock { $0 = snapshot }
        published.set()
    }

    package func withdraw() {
        published.clear()
        // What is released may be large; not while others wait for the lock.
        let old = content.withLock { content in
            defer { content = nil }
            return content
        }
        withExtendedLifetime(old) {}
    }

    /// nil when the task is cancelled before the series are published.
    package func snapshot() async -> SeriesSnapshot? {
        while !Task.isCancelled {
            if let snapshot = content.withLock({ $0 }) { return snapshot }
            await published.wait()
        }
        return nil
    }
}

/// All series as they were at the end of a cycle.
package struct SeriesSnapshot: Sendable {
    package let series: SeriesStore
    /// The step of subqueries that name none.
    package let evaluationInterval: Duration

    package init(series: SeriesStore, evaluationInterval: Duration) {
        self.series = series
        self.evaluationInterval = evaluationInterval
    }
}
