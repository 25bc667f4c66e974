import Exposition
import Listener
import Synchronization

/// The bodies of `/metrics`, each rendered at most once for a step of the agent, whatever the
/// number of scrapes. Only what somebody asks for is rendered, and what belongs to an earlier step
/// is released, so that at most one body for each format and coding is held.
final class ScrapeCache: Sendable {
    /// A format as bytes; what the content type adds to it changes none of them.
    struct Variant: Hashable, Sendable {
        var isOpenMetrics: Bool
        var isGzip: Bool
    }

    private enum Entry {
        case rendering(AsyncEvent)
        case ready(SharedBody)
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
                if case .ready(let body) = entry { sum + body.count } else { sum }
            }
        }
    }

    /// The body if it has been rendered. Does not wait.
    func heldBody(_ variant: Variant, version: Int) -> SharedBody? {
        let now = elapsed()
        return state.withLock { state in
            guard state.version == version, now - state.renderedAt <= Self.maximumAge,
                case .ready(let body)? = state.entries[variant]
            else { return nil }
            return body
        }
    }

    /// - Parameter version: of the status; a body of another version is not served.
    func body(_ variant: Variant, version: Int) async -> SharedBody {
        while true {
            switch claim(variant, version) {
            case .held(let body): return body
            case .other(let event): await event.wait()
            case .mine(let event):
                let body = render(variant)
                settle(variant, event, body)
                return body
            }
            // Cancelled: the client has left, and nobody reads this.
            if Task.isCancelled { return SharedBody([]) }
        }
    }

    private enum Claim {
        case held(SharedBody)
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

    private func render(_ variant: Variant) -> SharedBody {
        guard variant.isGzip else {
            return SharedBody(encode(isOpenMetrics: variant.isOpenMetrics))
        }
        let plain = Variant(isOpenMetrics: variant.isOpenMetrics, isGzip: false)
        let known = state.withLock { state -> SharedBody? in
            if case .ready(let body)? = state.entries[plain] { body } else { nil }
        }
        let bytes = known?.bytes ?? encode(isOpenMetrics: variant.isOpenMetrics)
        return SharedBody(Gzip.compress(bytes) ?? [])
    }

    private func encode(isOpenMetrics: Bool) -> [UInt8] {
        let families = families()
        return isOpenMetrics ? OpenMetricsFormat.encode(families) : TextFormat.encode(families)
    }

    /// Keeps a body, unless another version has begun meanwhile or it is too large.
    private func settle(_ variant: Variant, _ event: AsyncEvent, _ body: SharedBody) {
        state.withLock { state in
            guard case .rendering(let waiting)? = state.entries[variant], waiting === event else {
                return
            }
            state.entries[variant] = body.count <= Self.maximumBytes ? .ready(body) : nil
        }
        event.set()
    }
}
