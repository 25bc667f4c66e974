import JSON
import Listener
import Remediation
import Threads
import Time

/// `/api/v1/history`: the audit trail. Reads it on threads of its own and beside the writer, so
/// that neither the cycle nor other requests wait.
struct HistoryAPI: Sendable {
    let source: any AuditSource
    let elapsed: @Sendable () -> Duration

    private static let pool = ThreadPool(name: "history", count: 1, niceness: 5)
    /// Pages do not wait for a verification, which may take long. It waits for none either, so its
    /// time counts from its arrival.
    private static let verificationPool = ThreadPool(name: "verification", count: 1, niceness: 5)
    /// How long one request may read.
    private static let pageTimeout = Duration.seconds(5)
    private static let verificationTimeout = Duration.seconds(60)
    private static let defaultLimit = 100
    private static let maximumLimit = 1_000

    var routes: [Route] {
        [
            .records("/api/v1/history", Self.pool, maximumInFlight: 8) {
                request throws(QueryFailure) in try page(request)
            },
            .records("/api/v1/history/verify", Self.verificationPool, maximumInFlight: 1) {
                request throws(QueryFailure) in try verification(request)
            },
        ]
    }

    // MARK: Pages

    private func page(_ request: ServerRequest) throws(QueryFailure) -> Reply {
        var query = try Self.query(RequestForm(request))
        let wanted = query.limit
        let deadline = elapsed() + Self.pageTimeout
        var lines: [AuditRecord] = []
        var next: Int64?
        repeat {
            query.limit = wanted - lines.count
            let page = try QueryFailure.whileReading { () throws(AuditSourceError) in
                try source.audit(query)
            }
            lines += page.lines
            next = page.next
            query.before = page.next
        } while next != nil && lines.count < wanted && elapsed() < deadline && !request.isAbandoned
        return APIResponse.success([
            "lines": .array(lines.map(HistoryDocument.line)),
            "next": next.map { .integer($0) } ?? .null,
        ])
    }

    static func query(_ form: RequestForm) throws(QueryFailure) -> AuditQuery {
        let limit = try form.limit()
        var query = AuditQuery(limit: limit == 0 ? defaultLimit : min(limit, maximumLimit))
        let graph = form.text("graph_id")
        if !graph.isEmpty { query.graphID = GraphID(graph) }
        query.since = try form.optionalTime("since")
        query.until = try form.optionalTime("until")
        query.kind = try choice(form, "kind", AuditEntry.Kind.allCases) { $0.rawValue }
        query.outcome = try choice(form, "outcome", AuditQuery.outcomes) { $0 }
        let after = form.text("after")
        guard !after.isEmpty else { return query }
        guard let sequence = Int64(after) else {
            throw .parameter("after", "must be the \"next\" of the page before")
        }
        query.before = sequence
        return query
    }

    private static func choice<Value>(
        _ form: RequestForm,
        _ name: String,
        _ values: [Value],
        _ text: (Value) -> String
    ) throws(QueryFailure) -> Value? {
        let wanted = form.text(name)
        if wanted.isEmpty { return nil }
        guard let value = values.first(where: { text($0) == wanted }) else {
            throw .parameter(name, "must be one of \(values.map(text).joined(separator: ", "))")
        }
        return value
    }

    // MARK: Verification

    private func verification(_ request: ServerRequest) throws(QueryFailure) -> Reply {
        let deadline = elapsed() + Self.verificationTimeout
        let report = try QueryFailure.whileReading { () throws(AuditSourceError) in
            try source.verify { elapsed() < deadline && !request.isAbandoned }
        }
        guard let report else {
            throw QueryFailure(
                kind: .timeout,
                text: "the audit trail was not verified within \(Self.verificationTimeout);"
                    + " run graphwarden history --verify on the host of the agent"
            )
        }
        return APIResponse.success(HistoryDocument.report(report))
    }
}
