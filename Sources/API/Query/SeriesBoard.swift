package import Series
import Synchronization
package import Time

/// Shares the series of the cycle with queries.
///
/// The store is copied on write. The loop withdraws the published snapshot before a step writes to
/// the series, so the step copies nothing unless a query still holds a snapshot. A query that
/// arrives during a step waits until the step has published; the step never waits for a query.
package final class SeriesBoard: Sendable {
    /// nil while a step writes to the series.
    let content = Mutex<SeriesSnapshot?>(nil)
    private let published = AsyncEvent()

    package init() {}

    package func publish(_ snapshot: SeriesSnapshot) {
        content.withLock { $0 = snapshot }
        published.set()
    }

    package func withdraw() {
        published.clear()
        // Releasing the snapshot may free a lot of memory: do it outside the lock.
        let old = content.withLock { content in
            defer { content = nil }
            return content
        }
        withExtendedLifetime(old) {}
    }

    /// Waits for a published snapshot. Returns nil if the task is cancelled first.
    package func snapshot() async -> SeriesSnapshot? {
        while !Task.isCancelled {
            if let snapshot = content.withLock({ $0 }) { return snapshot }
            await published.wait()
        }
        return nil
    }
}

/// All series as of the end of a step.
package struct SeriesSnapshot: Sendable {
    package let series: SeriesStore
    /// The default step of subqueries.
    package let evaluationInterval: Duration
    /// When all series were removed for the last time, because the clock was set or the cloud is
    /// another one.
    package let completeSince: Timestamp

    package init(
        series: SeriesStore,
        evaluationInterval: Duration,
        completeSince: Timestamp = .distantPast
    ) {
        self.series = series
        self.evaluationInterval = evaluationInterval
        self.completeSince = completeSince
    }
}
