import JSON
import Listener
package import Remediation
import Threads

/// Where the incidents are kept. Every call may block.
package protocol IncidentSource: Sendable {
    /// The newest first.
    func incidents(_ filter: IncidentFilter) throws(AuditSourceError) -> [IncidentRecord]
    /// nil if there is none with this id.
    func incident(_ id: String) throws(AuditSourceError) -> IncidentTimeLine?
}

/// `/api/v1/incidents`: what happened to graphs, incident by incident. Reads on a thread of its own
/// and beside the writer, so that neither the cycle nor other requests wait.
struct IncidentsAPI: Sendable {
    let source: any IncidentSource

    private static let pool = ThreadPool(name: "incidents", count: 1, niceness: 5)
    private static let maximumInFlight = 8

    var routes: [Route] {
        [
            .records("/api/v1/incidents", Self.pool, maximumInFlight: Self.maximumInFlight) {
                request throws(QueryFailure) in try list(request)
            },
            .records("/api/v1/incidents/{id}", Self.pool, maximumInFlight: Self.maximumInFlight) {
                request throws(QueryFailure) in try show(request)
            },
        ]
    }

    private func list(_ request: ServerRequest) throws(QueryFailure) -> Reply {
        let filter = try Self.filter(request)
        let found = try QueryFailure.whileReading { () throws(AuditSourceError) in
            try source.incidents(filter)
        }
        return APIResponse.success(.array(found.map(IncidentJSON.summary)))
    }

    private func show(_ request: ServerRequest) throws(QueryFailure) -> Reply {
        let id = request.parameters["id"] ?? ""
        let found = try QueryFailure.whileReading { () throws(AuditSourceError) in
            try source.incident(id)
        }
        guard let found else {
            return APIResponse.failure(404, "not_found", "no incident with the id \"\(id)\"")
        }
        return APIResponse.success(IncidentJSON.whole(found))
    }

    static func filter(_ request: ServerRequest) throws(QueryFailure) -> IncidentFilter {
        let known: Set = ["graph_id", "since", "until", "outcome", "after", "limit"]
        if let stranger = request.query.first(where: { !known.contains($0.name) }) {
            throw .parameter(stranger.name, "not a parameter of this request")
        }
        let form = try RequestForm(request)
        func word(_ name: String) -> String? {
            let text = form.text(name)
            return text.isEmpty ? nil : text
        }
        var filter = IncidentFilter()
        filter.graphID = word("graph_id").map { GraphID($0) }
        filter.since = try form.optionalTime("since")
        filter.until = try form.optionalTime("until")
        filter.outcome = word("outcome")
        filter.after = word("after")
        if let outcome = filter.outcome, !IncidentRecord.outcomes.contains(outcome) {
            let words = IncidentRecord.outcomes.joined(separator: ", ")
            throw .parameter("outcome", "must be one of \(words)")
        }
        let limit = try form.limit()
        guard limit <= IncidentFilter.maximumLimit else {
            throw .parameter(
                "limit",
                "at most \(IncidentFilter.maximumLimit); use after for the next page"
            )
        }
        if limit > 0 { filter.limit = limit }
        return filter
    }
}
