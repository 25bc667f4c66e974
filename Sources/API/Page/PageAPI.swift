import Cycle
import Listener
import Page
import Remediation
import Series
import Threads
import Time
import URI

/// The pages for browsers. They are made from the last published status, the series that the rules
/// read, and the ledger, on a thread of their own, so that neither the cycle nor scrapes wait.
struct PageAPI: Sendable {
    let board: StatusBoard
    let build: BuildInformation
    let telemetryPath: String
    /// nil if the agent was started without `--web.enable-admin-api`.
    let orders: (any OrderReceiver)?
    let metrics: MetricRegistry
    let clock: AgentClock
    let incidents: (any IncidentSource)?
    let audit: any AuditSource
    let started: Timestamp
    let tally: LogTally

    static let pool = ThreadPool(name: "pages", count: 1, niceness: 5)
    private static let maximumInFlight = 32
    /// How many incidents the pages count.
    private static let maximumIncidents = 1_000
    private static let day = Duration.seconds(86_400)

    var routes: [Route] {
        let orderPages = OrderPages(
            receiver: orders,
            metrics: metrics,
            clock: clock,
            context: context
        )
        return orderPages.routes + [
            page("/", now), page("/graphs", fleet),
            page("/graphs/{id}") { await graph($0, orderPages) },
            asset("/style.css", "text/css; charset=utf-8", PageAsset.style),
            asset("/page.js", "text/javascript; charset=utf-8", PageAsset.script),
            asset("/favicon.svg", "image/svg+xml", PageAsset.icon),
        ] + agentRoutes(orderPages) + recordRoutes
    }

    // MARK: Routes

    func page(
        _ pattern: String,
        _ render: @escaping @Sendable (ServerRequest) async -> ServerResponse
    ) -> Route {
        var route = Route("GET", pattern) { .response(await render($0)) }
        route.maximumInFlight = Self.maximumInFlight
        return route
    }

    /// - Parameter pool: whose threads run `render`, which may block.
    func page(
        _ pattern: String,
        _ pool: ThreadPool,
        _ render: @escaping @Sendable (ServerRequest) -> ServerResponse
    ) -> Route {
        var route = Route("GET", pattern, pool: pool) { .response(render($0)) }
        route.maximumInFlight = Self.maximumInFlight
        return route
    }

    private func asset(_ pattern: String, _ type: String, _ body: [UInt8]) -> Route {
        Route("GET", pattern) { _ in
            .response(
                ServerResponse(
                    status: 200,
                    headers: ["Content-Type": type, "Cache-Control": "max-age=60"],
                    body: body
                )
            )
        }
    }

    @Sendable
    func context(_ request: ServerRequest) -> PageContext {
        PageContext(
            status: board.current,
            troubles: board.troubles,
            now: clock.now(),
            version: build.version,
            telemetryPath: telemetryPath,
            acceptsOrders: orders != nil,
            user: request.user,
            folders: Self.folders(of: request)
        )
    }

    /// Between the root of the agent and the page. A slash that is part of an id makes none.
    private static func folders(of request: ServerRequest) -> Int {
        let slashes = { (text: String) in text.count { $0 == "/" } }
        return slashes(request.path) - 1 - request.parameters.values.map(slashes).reduce(0, +)
    }

    // MARK: Pages

    private func now(_ request: ServerRequest) async -> ServerResponse {
        let context = context(request)
        return await Self.pool.run {
            var filter = IncidentFilter()
            filter.since = context.now - Self.day
            filter.limit = Self.maximumIncidents
            return PageResponse.html(NowPage.render(context, incidents: read(filter)))
        }
    }

    private func fleet(_ request: ServerRequest) async -> ServerResponse {
        let context = context(request)
        let filter = FleetFilter(request.items)
        let signs = await signs(context)
        return await Self.pool.run {
            PageResponse.html(FleetPage.render(context, filter: filter, signs: signs))
        }
    }

    private func graph(
        _ request: ServerRequest,
        _ orderPages: OrderPages
    ) async -> ServerResponse {
        let context = context(request)
        let id = request.parameters["id"] ?? ""
        let signs = await signs(context)
        return await Self.pool.run {
            var filter = IncidentFilter()
            filter.graphID = GraphID(id)
            filter.limit = 10
            let inputs = GraphPage.Inputs(
                signs: signs,
                incidents: read(filter),
                answer: orderPages.answer(to: request, about: GraphID(id), context)
            )
            guard let page = GraphPage.render(context, id: id, inputs) else {
                return PageResponse.html(
                    MissingPage.render(context, what: "No graph has the id \(id)."),
                    status: 404
                )
            }
            return PageResponse.html(page)
        }
    }

    // MARK: Sources

    private func signs(_ context: PageContext) async -> SignReader? {
        await board.series.snapshot().map { SignReader(series: $0.series, now: context.now) }
    }

    /// Blocks. nil if the incidents cannot be read.
    func read(_ filter: IncidentFilter) -> [IncidentRecord]? {
        guard let incidents else { return [] }
        do throws(AuditSourceError) {
            return try incidents.incidents(filter)
        } catch {
            logUnreadable(error)
            return nil
        }
    }

    func logUnreadable(_ error: AuditSourceError) {
        tally.log("Cannot read the ledger for a page", ["err": error.text])
    }
}

extension ServerRequest {
    /// The query, as the filters of pages read it.
    var items: [FormEncoding.Item] { query.map { FormEncoding.Item($0.name, $0.value) } }
}
