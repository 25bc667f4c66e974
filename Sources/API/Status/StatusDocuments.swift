import Cycle
import Listener
import Threads

/// The documents that show the whole status. They are large with many graphs, so each is rendered
/// once for a step, as `/metrics` is, on a thread that requests such as the webhook do not share.
struct StatusDocuments: Sendable {
    enum Document: Hashable, Sendable {
        case graphs, alerts, receivedAlerts, rules
    }

    /// Each request holds no more than a place in the line and a reference to the shared document.
    private static let maximumInFlight = 64

    let board: StatusBoard
    /// For what is like a document but differs from request to request.
    let pool: ThreadPool
    private let cache: PageCache<Document>

    init(board: StatusBoard, elapsed: @escaping @Sendable () -> Duration) {
        self.board = board
        pool = ThreadPool(name: "documents", count: 1, niceness: 5)
        cache = PageCache(elapsed: elapsed, pool: pool) { document in
            let status = board.current
            return switch document {
            case .graphs: GraphsAPI.list(status)
            case .alerts: RulesAPI.alerts(status)
            case .receivedAlerts: AlertsAPI.received(status)
            case .rules: RulesAPI.rules(status)
            }
        }
    }

    /// The bytes held now.
    var byteCount: Int { cache.byteCount }

    func route(_ pattern: String, _ document: Document) -> Route {
        var route = Route("GET", pattern) { await reply(document, to: $0) }
        route.maximumInFlight = Self.maximumInFlight
        route.preparedResponse = { request in
            cache.heldPage(document, isGzip: Self.wantsGzip(request), version: board.version)
                .map { Self.response($0) }
        }
        return route
    }

    func reply(_ document: Document, to request: ServerRequest) async -> Reply {
        let page = await cache.page(
            document,
            isGzip: Self.wantsGzip(request),
            version: board.version
        )
        return .response(Self.response(page))
    }

    private static func wantsGzip(_ request: ServerRequest) -> Bool {
        ContentCoding.prefersGzip(request.headers.values("Accept-Encoding"))
    }

    private static func response(_ page: PageCache<Document>.Page) -> ServerResponse {
        var response = ServerResponse(
            status: 200,
            headers: ["Content-Type": "application/json", "Vary": "Accept-Encoding"]
        )
        if page.isGzip { response.headers["Content-Encoding"] = "gzip" }
        response.sharedBody = page.body
        return response
    }
}
