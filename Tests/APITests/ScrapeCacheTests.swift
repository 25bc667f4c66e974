import Exposition
import Listener
import Synchronization
import TestSupport
import Testing

@testable import API

@Suite("The rendered responses to scrapes")
struct ScrapeCacheTests {
    private final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }

        /// One family, whose value is the number of renderings.
        func families() -> [MetricFamily] {
            let value = count.withLock { count in
                count += 1
                return count
            }
            return [
                MetricFamily(
                    "a",
                    help: "x",
                    kind: .gauge,
                    samples: [MetricSample([], Double(value))]
                )
            ]
        }
    }

    private static let plain = ScrapeCache.Variant(isOpenMetrics: false, isGzip: false)
    private static let gzip = ScrapeCache.Variant(isOpenMetrics: false, isGzip: true)
    private static let openMetrics = ScrapeCache.Variant(isOpenMetrics: true, isGzip: false)

    private static func cache(
        _ counter: Counter,
        _ time: ManualClock = ManualClock()
    ) -> ScrapeCache {
        ScrapeCache(elapsed: { time.elapsed }, families: counter.families)
    }

    @Test("are rendered once for each step and format, however many ask at once")
    func once() async {
        let counter = Counter()
        let cache = Self.cache(counter)
        let bodies = await withTaskGroup(of: SharedBody.self) { group in
            for _ in 0..<50 {
                group.addTask { await cache.body(Self.plain, version: 1) }
            }
            return await group.reduce(into: Set<SharedBody>()) { $0.insert($1) }
        }
        #expect(bodies.count == 1)
        #expect(counter.value == 1)
        // Compressed from the same rendering.
        _ = await cache.body(Self.gzip, version: 1)
        #expect(counter.value == 1)
        _ = await cache.body(Self.openMetrics, version: 1)
        #expect(counter.value == 2)
        _ = await cache.body(Self.plain, version: 2)
        #expect(counter.value == 3)
    }

    @Test("of an earlier step are neither served nor held")
    func released() async {
        let cache = Self.cache(Counter())
        let first = await cache.body(Self.plain, version: 1)
        _ = await cache.body(Self.openMetrics, version: 1)
        let both = cache.byteCount
        let second = await cache.body(Self.plain, version: 2)
        #expect(first != second)
        #expect(cache.byteCount == second.count && second.count < both)
        // A scrape that was delayed does not bring the old one back.
        #expect(await cache.body(Self.plain, version: 1) == second)
    }

    @Test("are rendered anew after some seconds without a step")
    func aged() async {
        let counter = Counter()
        let time = ManualClock()
        let cache = Self.cache(counter, time)
        _ = await cache.body(Self.plain, version: 1)
        time.advance(by: .seconds(5))
        _ = await cache.body(Self.plain, version: 1)
        #expect(counter.value == 1)
        time.advance(by: .milliseconds(1))
        _ = await cache.body(Self.plain, version: 1)
        #expect(counter.value == 2)
    }
}
