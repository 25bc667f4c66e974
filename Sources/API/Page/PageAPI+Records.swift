import Listener
import Page
import Remediation
import Threads
import Time

/// The pages that read the ledger. They have a thread of their own, so that a long search does not
/// keep the others waiting.
extension PageAPI {
    var recordRoutes: [Route] {
        [
            page("/incidents", incidentList), page("/incidents/{id}", incident),
            page("/history", history), page("/search", search),
        ]
    }

    private static let recordPool = ThreadPool(name: "record pages", count: 1, niceness: 5)
    /// How long one page may read.
    private static let timeout = Duration.seconds(5)

    // MARK: Incidents

    private func incidentList(_ request: ServerRequest) async -> ServerResponse {
        let context = context(request)
        let filter = IncidentListFilter(request.items)
        return await Self.recordPool.run {
            PageResponse.html(
                IncidentsPage.render(context, filter: filter, part(filter, at: context.now))
            )
        }
    }

    /// Blocks. nil if the incidents cannot be read.
    private func part(_ filter: IncidentListFilter, at now: Timestamp) -> IncidentsPage.Part? {
        let wanted = IncidentListFilter.rows
        let deadline = clock.elapsed() + Self.timeout
        var request = filter.request(at: now)
        // Where the source cannot filter, a larger part is less likely to contain too few.
        request.limit = filter.isWhole ? wanted + 1 : IncidentFilter.maximumLimit
        var found: [IncidentRecord] = []
        repeat {
            guard let records = read(request) else { return nil }
            found += records.filter(filter.shows)
            request.after = records.count < request.limit ? nil : records.last?.id
        } while found.count <= wanted && request.after != nil && clock.elapsed() < deadline
        let next = found.count > wanted ? found[wanted - 1].id : request.after
        return IncidentsPage.Part(records: Array(found.prefix(wanted)), next: next)
    }

    private func incident(_ request: ServerRequest) async -> ServerResponse {
        let context = context(request)
        let id = request.parameters["id"] ?? ""
        return await Self.recordPool.run {
            guard let found = find(id) else {
                return PageResponse.html(
                    MissingPage.render(context, what: "No incident has the id \(id)."),
                    status: 404
                )
            }
            return PageResponse.html(IncidentPage.render(context, found))
        }
    }

    /// Blocks. nil if there is no such incident or it cannot be read.
    private func find(_ id: String) -> IncidentTimeLine? {
        try? incidents?.incident(id)
    }

    // MARK: History

    private func history(_ request: ServerRequest) async -> ServerResponse {
        let context = context(request)
        let filter = AuditFilter(request.items)
        return await Self.recordPool.run {
            PageResponse.html(
                HistoryPage.render(context, filter: filter, lines(filter, at: context.now))
            )
        }
    }

    /// Blocks. nil if the audit trail cannot be read.
    private func lines(_ filter: AuditFilter, at now: Timestamp) -> AuditPage? {
        let deadline = clock.elapsed() + Self.timeout
        var query = filter.request(at: now)
        var found = AuditPage()
        repeat {
            query.limit = AuditFilter.rows - found.lines.count
            guard let page = try? audit.audit(query) else { return nil }
            found.lines += page.lines
            found.next = page.next
            query.before = page.next
        } while found.next != nil && found.lines.count < AuditFilter.rows
            && clock.elapsed() < deadline
        return found
    }

    // MARK: Search

    private func search(_ request: ServerRequest) async -> ServerResponse {
        let context = context(request)
        return await Self.recordPool.run {
            var result = SearchResult(request.items, context.status)
            if !result.text.isEmpty { result.add(find(result.text)?.record) }
            guard let destination = result.destination(context) else {
                return PageResponse.html(result.render(context))
            }
            return ServerResponse(
                status: 303,
                headers: ["Location": destination, "Cache-Control": "no-store"]
            )
        }
    }
}
