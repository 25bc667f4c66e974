import Listener
import Synchronization
import Threads

/// Large pages, each rendered at most once for a step of the agent, whatever the number of clients,
/// and on a thread of its own, so that neither other requests nor health checks wait for it. Only
/// what somebody asks for is rendered, and what belongs to an earlier step is released.
final class PageCache<Key: Hashable & Sendable>: Sendable {
    struct Page: Sendable, Hashable {
        var body: SharedBody
        var isGzip: Bool
    }

    private struct Variant: Hashable {
        var key: Key
        var isGzip: Bool
    }

    /// A page that is being made. All who wait get it, even if it is too large to be kept.
    private final class Rendering: Sendable {
        private let event = AsyncEvent()
        private let result = Mutex<Page?>(nil)

        func finish(_ page: Page) {
            result.withLock { $0 = page }
            event.set()
        }

        /// nil if the waiting task is cancelled.
        func wait() async -> Page? {
            await event.wait()
            return result.withLock { $0 }
        }
    }

    private enum Entry {
        case rendering(Rendering)
        case ready(Page)
    }

    private struct State {
        var version: Int?
        var renderedAt = Duration.zero
        var entries: [Variant: Entry] = [:]
    }

    /// Smaller pages fit into one packet uncompressed.
    private static var minimumGzipBytes: Int { 1024 }

    private let state = Mutex(State())
    private let maximumBytes: Int
    private let maximumAge: Duration?
    private let elapsed: @Sendable () -> Duration
    private let pool: ThreadPool
    private let compress: @Sendable ([UInt8]) -> [UInt8]?
    private let render: @Sendable (Key) -> [UInt8]

    /// - Parameters:
    ///   - maximumBytes: a larger page is not kept for those who ask later.
    ///   - maximumAge: nil if a page changes only with the version.
    init(
        maximumBytes: Int = 64 << 20,
        maximumAge: Duration? = nil,
        elapsed: @escaping @Sendable () -> Duration,
        pool: ThreadPool,
        compress: @escaping @Sendable ([UInt8]) -> [UInt8]? = { Gzip.compress($0) },
        render: @escaping @Sendable (Key) -> [UInt8]
    ) {
        self.maximumBytes = maximumBytes
        self.maximumAge = maximumAge
        self.elapsed = elapsed
        self.pool = pool
        self.compress = compress
        self.render = render
    }

    /// The bytes held now, for a metric.
    var byteCount: Int {
        state.withLock { state in
            state.entries.values.reduce(0) { sum, entry in
                if case .ready(let page) = entry { sum + page.body.count } else { sum }
            }
        }
    }

    /// - Parameters:
    ///   - isGzip: whether the client takes a compressed page. It may get a plain one.
    ///   - version: of what is shown; a page of an earlier version is not served.
    func page(_ key: Key, isGzip: Bool, version: Int) async -> Page {
        let variant = Variant(key: key, isGzip: isGzip)
        switch claim(variant, version) {
        case .held(let page): return page
        case .other(let rendering):
            // Cancelled: the client has left, and nobody reads this.
            return await rendering.wait() ?? Page(body: SharedBody([]), isGzip: false)
        case .mine(let rendering):
            let page = await pool.run { self.make(variant) }
            settle(variant, rendering, page)
            return page
        }
    }

    /// A page that `page` would return at once. Does not wait.
    func heldPage(_ key: Key, isGzip: Bool, version: Int) -> Page? {
        let now = elapsed()
        return state.withLock { state in
            guard let current = state.version, current >= version,
                maximumAge.map({ now - state.renderedAt <= $0 }) ?? true,
                case .ready(let page)? = state.entries[Variant(key: key, isGzip: isGzip)]
            else { return nil }
            return page
        }
    }

    private enum Claim {
        case held(Page)
        case other(Rendering)
        case mine(Rendering)
    }

    private func claim(_ variant: Variant, _ version: Int) -> Claim {
        let now = elapsed()
        return state.withLock { state in
            // A request that was delayed is served what is newer.
            let isNewer = state.version.map { version > $0 } ?? true
            let isAged = maximumAge.map { now - state.renderedAt > $0 } ?? false
            if isNewer || isAged {
                state = State(version: max(version, state.version ?? version), renderedAt: now)
            }
            switch state.entries[variant] {
            case .ready(let page)?: return .held(page)
            case .rendering(let rendering)?: return .other(rendering)
            case nil:
                let rendering = Rendering()
                state.entries[variant] = .rendering(rendering)
                return .mine(rendering)
            }
        }
    }

    private func make(_ variant: Variant) -> Page {
        guard variant.isGzip else {
            return Page(body: SharedBody(render(variant.key)), isGzip: false)
        }
        let known = state.withLock { state -> SharedBody? in
            let plain = Variant(key: variant.key, isGzip: false)
            return if case .ready(let page)? = state.entries[plain] { page.body } else { nil }
        }
        let bytes = known?.bytes ?? render(variant.key)
        guard bytes.count >= Self.minimumGzipBytes, let compressed = compress(bytes) else {
            return Page(body: known ?? SharedBody(bytes), isGzip: false)
        }
        return Page(body: SharedBody(compressed), isGzip: true)
    }

    /// Keeps a page, unless another version has begun meanwhile or it is too large.
    private func settle(_ variant: Variant, _ rendering: Rendering, _ page: Page) {
        state.withLock { state in
            guard case .rendering(let current)? = state.entries[variant], current === rendering
            else { return }
            state.entries[variant] = page.body.count <= maximumBytes ? .ready(page) : nil
        }
        rendering.finish(page)
    }
}
