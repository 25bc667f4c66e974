package import Exposition
import Synchronization

/// What a scrape would get, for whoever sends metrics instead of being scraped.
package final class FamiliesReference: Sendable {
    private let source = Mutex<@Sendable () -> [MetricFamily]>({ [] })

    package init() {}

    func set(_ source: @escaping @Sendable () -> [MetricFamily]) {
        self.source.withLock { $0 = source }
    }

    /// Empty until the listener is bound.
    package func all() -> [MetricFamily] {
        source.withLock { $0 }()
    }
}
