import Exposition
import Listener
import Series
import Time
import Cycle

/// `/metrics`: the samples of the last step and the agent's own metrics. A scrape never sends a
/// request to the cloud, and computes nothing that an earlier scrape of the same step has.
struct MetricsAPI: Sendable {
    private let path: String
    private let board: StatusBoard
    private let cache: ScrapeCache

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
        cache = ScrapeCache(elapsed: clock.elapsed) { [board] in families.all(board.current) }
    }

    var routes: [Route] {
        var route = Route("GET", path, name: "/metrics") { request in
            let scrape = Scrape(request)
            let body = await cache.body(scrape.variant, version: version)
            metrics.set(MetricCatalog.scrapeCacheSize, to: Double(cache.byteCount))
            return .response(scrape.response(body))
        }
        route.preparedResponse = { request in
            let scrape = Scrape(request)
            return cache.heldBody(scrape.variant, version: version).map(scrape.response)
        }
        // A busy agent is the one to be watched.
        route.isExemptFromLimits = true
        return [route]
    }

    private var version: Int { board.version + metrics.revision }
}

/// What a scrape asks for.
private struct Scrape {
    private let format: ExpositionFormat
    private let isGzip: Bool

    init(_ request: ServerRequest) {
        format = ExpositionFormat.negotiate(accept: request.headers["Accept"])
        isGzip = ContentCoding.prefersGzip(request.headers.values("Accept-Encoding"))
    }

    var variant: ScrapeCache.Variant {
        ScrapeCache.Variant(isOpenMetrics: format.isOpenMetrics, isGzip: isGzip)
    }

    func response(_ body: SharedBody) -> ServerResponse {
        var headers: HeaderFields = [
            "Content-Type": format.contentType, "Vary": "Accept, Accept-Encoding",
        ]
        if isGzip { headers["Content-Encoding"] = "gzip" }
        var response = ServerResponse(status: 200, headers: headers)
        response.sharedBody = body
        return response
    }
}
