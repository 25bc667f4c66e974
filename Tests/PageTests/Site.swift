import API
import Cycle
import Logging
import Remediation
import Series
import Synchronization
import Testing
import Threads
import Time
import URI

@testable import Listener

/// The pages of an agent, as a browser gets them: through the router and the handlers of the API.
struct Site {
    static let now = BusyAgent.start + .seconds(600)

    /// The time of the agent, and who is authenticated.
    final class Surroundings: Sendable {
        private let state = Mutex((now: Site.now, user: Optional("alice")))

        var now: Timestamp {
            get { state.withLock(\.now) }
            set { state.withLock { $0.now = newValue } }
        }
        var user: String? {
            get { state.withLock(\.user) }
            set { state.withLock { $0.user = newValue } }
        }
    }

    let records: Records
    let receiver = Receiver()
    let surroundings = Surroundings()
    private let board = StatusBoard()
    private let router: Router

    init(
        _ status: Status,
        _ records: Records = Records(),
        series: SeriesStore = SeriesStore(retention: .zero, maximumSeries: 1),
        acceptsOrders: Bool = true,
        troubles: [Trouble] = []
    ) {
        self.records = records
        board.publish(status)
        // The pages that show the signs of graphs wait for them.
        board.series.publish(SeriesSnapshot(series: series, evaluationInterval: .seconds(30)))
        for trouble in troubles { board.report(trouble.name, trouble) }
        var api = AgentAPI(
            telemetryPath: "/metrics",
            enablesLifecycle: true,
            query: QueryOptions(),
            board: board,
            metrics: MetricRegistry(),
            refreshMetrics: {},
            reload: { .done },
            alerts: receiver,
            orders: acceptsOrders ? receiver : nil,
            audit: records,
            clock: AgentClock(
                now: { [surroundings] in surroundings.now },
                sleep: { _ in },
                elapsed: { .seconds(1_000) },
                bootID: "boot"
            ),
            tally: LogTally(logger: Logger(label: "pages") { _ in SwiftLogNoOpLogHandler() })
        )
        api.incidents = records
        router = Router(api.routes(ListenerReference()))
    }

    func publish(_ status: Status) { board.publish(status) }

    /// - Parameter target: path and query, as in a request.
    func get(_ target: String, hasLeft: Bool = false) async throws -> ServerResponse {
        try await send("GET", target, hasLeft: hasLeft)
    }

    /// Sends a form.
    func post(_ target: String, _ fields: [FormEncoding.Item]) async throws -> ServerResponse {
        try await post(target, FormEncoding.encode(fields))
    }

    func post(_ target: String, _ body: String) async throws -> ServerResponse {
        try await send("POST", target, body: Array(body.utf8))
    }

    private func send(
        _ method: String,
        _ target: String,
        body: [UInt8] = [],
        hasLeft: Bool = false
    ) async throws -> ServerResponse {
        let parsed = try #require(RequestTarget(target), "\(target)")
        guard case .found(let route, let parameters) = match(parsed, method) else {
            return ServerResponse(status: 404)
        }
        var request = ServerRequest(
            method: method,
            target: target,
            path: parsed.path,
            query: try #require(parsed.query, "\(target)"),
            body: body,
            parameters: parameters
        )
        request.user = surroundings.user
        if hasLeft { request.departure.complete() }
        // A route with threads of its own may block them.
        let reply = await withTaskExecutorPreference(route.pool) { [request] in
            await route.handler.reply(to: request)
        }
        guard case .response(let response) = reply else { return ServerResponse(status: 500) }
        return response
    }

    func page(_ target: String, status: Int = 200) async throws -> Page {
        let response = try await get(target)
        #expect(response.status == status, "\(target)")
        return try Page(String(decoding: response.body, as: UTF8.self), of: target)
    }

    /// Whether a link leads to a page or to another route of the API.
    func leads(_ target: String) -> Bool {
        guard let parsed = RequestTarget(target), parsed.query != nil else { return false }
        if case .found = match(parsed) { return true }
        return false
    }

    private func match(_ target: RequestTarget, _ method: String = "GET") -> Router.Match {
        router.match(method: method, segments: target.segments)
    }
}

/// Answers orders as the test says, and keeps them.
final class Receiver: AlertReceiver, OrderReceiver {
    private struct State {
        var orders: [Order] = []
        var answer: Result<OrderAnswer, OrderRefusal> = .failure(.timeout)
    }

    private let state = Mutex(State())

    var orders: [Order] { state.withLock(\.orders) }

    func answer(_ answer: Result<OrderAnswer, OrderRefusal>) {
        state.withLock { $0.answer = answer }
    }

    var acceptsAlerts: Bool { false }
    var requiresToken: Bool { false }

    func isTokenPresented(by request: ServerRequest) throws(WebhookRefusal) -> Bool { false }

    func receive(_ alerts: [IncomingAlert]) async throws(WebhookRefusal) -> [Reception] { [] }

    func carryOut(_ order: Order) async throws(OrderRefusal) -> OrderAnswer {
        let answer = state.withLock { state in
            state.orders.append(order)
            return state.answer
        }
        return try answer.get()
    }
}

/// Incidents and an audit trail in memory, newest first.
struct Records: AuditSource, IncidentSource {
    var timeLines: [IncidentTimeLine] = []
    var lines: [AuditRecord] = []
    var isUnreadable = false
    /// Called before incidents are read.
    var willRead: @Sendable (IncidentFilter) -> Void = { _ in }

    func audit(_ query: AuditQuery) throws(AuditSourceError) -> AuditPage {
        if isUnreadable { throw AuditSourceError(text: "no") }
        let found = lines.filter { line in
            (query.before.map { line.sequence < $0 } ?? true)
                && (query.graphID.map { line.entry.graphID == $0 } ?? true)
                && (query.kind.map { line.entry.kind == $0 } ?? true)
                && (query.since.map { line.entry.at >= $0 } ?? true)
                && (query.until.map { line.entry.at < $0 } ?? true)
        }
        var page = AuditPage()
        page.lines = Array(found.prefix(query.limit))
        page.next = found.count > query.limit ? page.lines.last?.sequence : nil
        return page
    }

    func verify(mayContinue: () -> Bool) throws(AuditSourceError) -> ChainReport? { nil }

    func incidents(_ filter: IncidentFilter) throws(AuditSourceError) -> [IncidentRecord] {
        willRead(filter)
        if isUnreadable { throw AuditSourceError(text: "no") }
        var all = timeLines.map(\.record)
        if let after = filter.after {
            all = Array(all.drop { $0.id != after }.dropFirst())
        }
        let found = all.filter { record in
            (filter.graphID.map { record.graphID == $0 } ?? true)
                && (filter.outcome.map { record.outcome == $0 } ?? true)
                && (filter.since.map { record.endedAt ?? .distantFuture >= $0 } ?? true)
                && (filter.until.map { record.openedAt < $0 } ?? true)
        }
        return Array(found.prefix(filter.limit))
    }

    func incident(_ id: String) throws(AuditSourceError) -> IncidentTimeLine? {
        if isUnreadable { throw AuditSourceError(text: "no") }
        return timeLines.first { $0.record.id == id }
    }
}
