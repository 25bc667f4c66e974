import Exposition
import Listener
import Series
import Threads
import Time
import Cycle

/// `/metrics`: the samples of the last step and the agent's own metrics. A scrape never sends a
/// request to the cloud, and computes nothing that an earlier scrape of the same step has.
struct MetricsAPI: Sendable {
    private let path: String
    private let board: StatusBoard
    /// By whether the format is OpenMetrics; what the content type adds to it changes no byte.
    private let cache: PageCache<Bool>

    /// The agent's own metrics, such as its processor time, stay fresh while no step comes.
    private static let maximumAge = Duration.seconds(5)
    /// A larger page is not kept for later scrapes.
    private static let maximumBytes = 64 << 20

    private let metrics: MetricRegistry

    init(
        path: String,
        board: StatusBoard,
        families: ScrapeFamilies,
        metrics: MetricRegistry,
        clock: AgentClock
    ) {
        self.path = path
        self.board = board
        self.metrics = metrics
        cache = PageCache(
            maximumBytes: Self.maximumBytes,
            maximumAge: Self.maximumAge,
            elapsed: clock.elapsed,
            pool: ThreadPool(name: "render", count: 1)
        ) { [board] isOpenMetrics in
            let families = families.all(board.current)
            return isOpenMetrics ? OpenMetricsFormat.encode(families) : TextFormat.encode(families)
        }
        metrics.set(MetricCatalog.scrapeCacheLimit, to: Double(Self.maximumBytes))
    }

    var routes: [Route] {
        var route = Route("GET", path, name: "/metrics") { request in
            let scrape = Scrape(request)
            let page = await cache.page(
                scrape.format.isOpenMetrics,
                isGzip: scrape.isGzip,
                version: version
            )
            metrics.set(MetricCatalog.scrapeCacheSize, to: Double(cache.byteCount))
            return .response(scrape.response(page))
        }
        route.preparedResponse = { request in
            let scrape = Scrape(request)
            return cache.heldPage(
                scrape.format.isOpenMetrics,
                isGzip: scrape.isGzip,
                version: version
            ).map(scrape.response)
        }
        // A busy agent is the one to be watched.
        route.isExemptFromLimits = true
        return [route]
    }

    private var version: Int { board.version + metrics.revision }
}

/// What a scrape asks for.
private struct Scrape {
    let format: ExpositionFormat
    let isGzip: Bool

    init(_ request: ServerRequest) {
        format = ExpositionFormat.negotiate(accept: request.headers["Accept"])
        isGzip = ContentCoding.prefersGzip(request.headers.values("Accept-Encoding"))
    }

    func response(_ page: PageCache<Bool>.Page) -> ServerResponse {
        var headers: HeaderFields = [
            "Content-Type": format.contentType, "Vary": "Accept, Accept-Encoding",
        ]
        if page.isGzip { headers["Content-Encoding"] = "gzip" }
        var response = ServerResponse(status: 200, headers: headers)
        response.sharedBody = page.body
        return response
    }
}
