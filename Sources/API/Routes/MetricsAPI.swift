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
            let format = ExpositionFormat.negotiate(accept: request.headers["Accept"])
            let isGzip = ContentCoding.prefersGzip(request.headers.values("Accept-Encoding"))
            let body = await cache.body(
                ScrapeCache.Variant(isOpenMetrics: format.isOpenMetrics, isGzip: isGzip),
                version: board.version + metrics.revision
            )
            metrics.set(MetricCatalog.scrapeCacheSize, to: Double(cache.byteCount))
            var headers: HeaderFields = [
                "Content-Type": format.contentType, "Vary": "Accept, Accept-Encoding",
            ]
            if isGzip { headers["Content-Encoding"] = "gzip" }
            var response = ServerResponse(status: 200, headers: headers)
            response.sharedBody = body
            return .response(response)
        }
        // A busy agent is the one to be watched.
        route.isExemptFromLimits = true
        return [route]
    }
}
