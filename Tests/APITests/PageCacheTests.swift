import Dispatch
import Listener
import Synchronization
import TestSupport
import Testing
import Threads

@testable import API

@Suite("Rendered pages")
struct PageCacheTests {
    private final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }

        /// Holds the number of renderings.
        @Sendable
        func page(_ key: Int) -> [UInt8] {
            let value = count.withLock { count in
                count += 1
                return count
            }
            return Array("page \(key), rendering \(value)".utf8)
                + [UInt8](repeating: 0x20, count: 2_000)
        }
    }

    private static let pool = ThreadPool(name: "pages", count: 1)

    private static func cache(
        _ counter: Counter,
        _ time: ManualClock = ManualClock(),
        maximumBytes: Int = 1 << 20,
        compress: @escaping @Sendable ([UInt8]) -> [UInt8]? = { Gzip.compress($0) }
    ) -> PageCache<Int> {
        PageCache(
            maximumBytes: maximumBytes,
            maximumAge: .seconds(5),
            elapsed: { time.elapsed },
            pool: pool,
            compress: compress,
            render: counter.page
        )
    }

    @Test("are rendered once for each step and format, however many ask at once")
    func once() async {
        let counter = Counter()
        let cache = Self.cache(counter)
        let bodies = await withTaskGroup(of: PageCache<Int>.Page.self) { group in
            for _ in 0..<50 {
                group.addTask { await cache.page(1, isGzip: false, version: 1) }
            }
            return await group.reduce(into: Set<PageCache<Int>.Page>()) { $0.insert($1) }
        }
        #expect(bodies.count == 1)
        #expect(counter.value == 1)
        #expect(cache.heldPage(1, isGzip: false, version: 1) == bodies.first)
        #expect(cache.heldPage(1, isGzip: true, version: 1) == nil)
        #expect(cache.heldPage(1, isGzip: false, version: 2) == nil)
        // Compressed from the same rendering.
        _ = await cache.page(1, isGzip: true, version: 1)
        #expect(counter.value == 1)
        _ = await cache.page(2, isGzip: false, version: 1)
        #expect(counter.value == 2)
        _ = await cache.page(1, isGzip: false, version: 2)
        #expect(counter.value == 3)
    }

    @Test("of an earlier step are neither served nor held")
    func released() async {
        let cache = Self.cache(Counter())
        let first = await cache.page(1, isGzip: false, version: 1)
        _ = await cache.page(2, isGzip: false, version: 1)
        let both = cache.byteCount
        let second = await cache.page(1, isGzip: false, version: 2)
        #expect(first != second)
        #expect(cache.byteCount == second.body.count && second.body.count < both)
        // A scrape that was delayed does not bring the old one back.
        #expect(await cache.page(1, isGzip: false, version: 1) == second)
    }

    @Test("are rendered anew after some seconds without a step")
    func aged() async {
        let counter = Counter()
        let time = ManualClock()
        let cache = Self.cache(counter, time)
        _ = await cache.page(1, isGzip: false, version: 1)
        time.advance(by: .seconds(5))
        _ = await cache.page(1, isGzip: false, version: 1)
        #expect(counter.value == 1)
        time.advance(by: .milliseconds(1))
        _ = await cache.page(1, isGzip: false, version: 1)
        #expect(counter.value == 2)
    }

    @Test("that are too large to be held go to all who wait")
    func large() async throws {
        let counter = Counter()
        let asked = Mutex(0)
        let cache = PageCache<Int>(
            maximumBytes: 100,
            elapsed: {
                asked.withLock { $0 += 1 }
                return .zero
            },
            pool: Self.pool,
            render: counter.page
        )
        let mayRender = DispatchSemaphore(value: 0)
        Self.pool.submit { mayRender.wait() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    #expect(await cache.page(1, isGzip: false, version: 1).body.count > 2_000)
                }
            }
            try await eventually("all have asked") { asked.withLock { $0 } == 20 }
            mayRender.signal()
            try await group.waitForAll()
        }
        // One that asked at the last moment may come too late.
        #expect(counter.value <= 3)
        #expect(cache.byteCount == 0)
    }

    @Test("are sent plain if they cannot be compressed")
    func incompressible() async {
        let cache = Self.cache(Counter(), compress: { _ in nil })
        let page = await cache.page(1, isGzip: true, version: 1)
        #expect(!page.isGzip && page.body.count > 2_000)
        let compressed = await Self.cache(Counter()).page(1, isGzip: true, version: 1)
        #expect(compressed.isGzip && compressed.body.count < 1_000)
    }
}
