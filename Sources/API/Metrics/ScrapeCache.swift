import Exposition
import Listener
import Synchronization

/// The bodies of `/metrics`, each rendered at most once for a step of the agent, whatever the number
/// of scrapes. Only what somebody asks for is rendered, and what belongs to an earlier step is
/// released, so that at most one body for each format and coding is held.
final class ScrapeCache: Sendable {
    /// A format as bytes; what the content type adds to it changes none of them.
    struct Variant: Hashable, Sendable {
        var isOpenMetrics: Bool
        var isGzip: Bool
    }

    private enum Entry {
        case rendering(AsyncEvent)
        case ready([UInt8])
    }

    private struct State {
        var version: Int?
        var renderedAt = Duration.zero
        var entries: [Variant: Entry] = [:]
    }

    /// The agent's own metrics, such as its processor time, stay fresh while no step comes.
    private static let maximumAge = Duration.seconds(5)
    /// A larger body is rendered for each scrape and not kept.
    private static let maximumBytes = 64 << 20

    private let state = Mutex(State())
    private let elapsed: @Sendable () -> Duration
    private let families: @Sendable () -> [MetricFamily]

    init(
        elapsed: @escaping @Sendable () -> Duration,
        families: @escaping @Sendable () -> [MetricFamily]
    ) {
        self.elapsed = elapsed
        self.families = families
    }

    /// The bytes held now, for a metric.
    var byteCount: Int {
        state.withLock { state in
            state.entries.values.reduce(0) { sum, entry in
                if case .ready(let bytes) = entry { sum + bytes.count } else { sum }
            }
        }
    }

    /// - Parameter version: of the status; a body of another version is not served.
    func body(_ variant: Variant, version: Int) async -> [UInt8] {
        while true {
            switch claim(variant, version) {
            case .held(let bytes): return bytes
            case .other(let event): await event.wait()
            case .mine(let event):
                let bytes = render(variant)
                settle(variant, event, bytes)
                return bytes
            }
            // Cancelled: the client has left, and nobody reads this.
            if Task.isCancelled { return [] }
        }
    }

    private enum Claim {
        case held([UInt8])
        case other(AsyncEvent)
        case mine(AsyncEvent)
    }

    private func claim(_ variant: Variant, _ version: Int) -> Claim {
        let now = elapsed()
        return state.withLock { state in
            // A scrape that read an older version of the status must not displace a newer one.
            let isNewer = state.version.map { $0 < version } ?? true
            if isNewer || now - state.renderedAt > Self.maximumAge {
                state = State(version: max(version, state.version ?? version), renderedAt: now)
            }
            switch state.entries[variant] {
            case .ready(let bytes)?: return .held(bytes)
            case .rendering(let event)?: return .other(event)
            case nil:
                let event = AsyncEvent()
                state.entries[variant] = .rendering(event)
                return .mine(event)
            }
        }
    }

    private func render(_ variant: Variant) -> [UInt8] {
        let plain = Variant(isOpenMetrics: variant.isOpenMetrics, isGzip: false)
        let known = state.withLock { state -> [UInt8]? in
            if case .ready(let bytes)? = state.entries[plain] { bytes } else { nil }
        }
        let bytes = known ?? encode(isOpenMetrics: variant.isOpenMetrics)
        return variant.isGzip ? Gzip.compress(bytes) ?? [] : bytes
    }

    private func encode(isOpenMetrics: Bool) -> [UInt8] {
        let families = families()
        return isOpenMetrics ? OpenMetricsFormat.encode(families) : TextFormat.encode(families)
    }

    /// Keeps a body, unless another version has begun meanwhile or it is too large.
    private func settle(_ variant: Variant, _ event: AsyncEvent, _ bytes: [UInt8]) {
        state.withLock { state in
            guard case .rendering(let waiting)? = state.entries[variant], waiting === event else {
                return
            }
            state.entries[variant] = bytes.count <= Self.maximumBytes ? .ready(bytes) : nil
        }
        event.set()
    }
}
