import Listener
import Page
import Remediation
import Threads
import Time

/// The pages that read the ledger. Those that a filter may keep reading for seconds have a thread of
/// their own, so that they keep no incident waiting.
extension PageAPI {
    var recordRoutes: [Route] {
        [
            page("/incidents", Self.listPool, incidentList),
            page("/incidents/{id}", Self.recordPool, incident),
            page("/history", Self.listPool, history), page("/search", Self.recordPool, search),
        ]
    }

    private static let listPool = ThreadPool(name: "record lists", count: 1, niceness: 5)
    private static let recordPool = ThreadPool(name: "record pages", count: 1, niceness: 5)
    /// How long one page may read.
    private static let timeout = Duration.seconds(5)

    // MARK: Incidents

    @Sendable
    private func incidentList(_ request: ServerRequest) -> ServerResponse {
        let context = context(request)
        let filter = IncidentListFilter(request.items)
        let part = part(filter, request, at: context.now)
        return PageResponse.html(IncidentsPage.render(context, filter: filter, part))
    }

    /// Blocks. nil if the incidents cannot be read.
    private func part(
        _ filter: IncidentListFilter,
        _ request: ServerRequest,
        at now: Timestamp
    ) -> IncidentsPage.Part? {
        let wanted = IncidentListFilter.rows
        let deadline = clock.elapsed() + Self.timeout
        var query = filter.request(at: now)
        // Where the source cannot filter, a larger part is less likely to contain too few.
        query.limit = filter.isWhole ? wanted + 1 : IncidentFilter.maximumLimit
        var found: [IncidentRecord] = []
        repeat {
            guard !request.isAbandoned, let records = read(query) else { return nil }
            found += records.filter(filter.shows)
            query.after = records.count < query.limit ? nil : records.last?.id
        } while found.count <= wanted && query.after != nil && clock.elapsed() < deadline
        let next = found.count > wanted ? found[wanted - 1].id : query.after
        return IncidentsPage.Part(records: Array(found.prefix(wanted)), next: next)
    }

    @Sendable
    private func incident(_ request: ServerRequest) -> ServerResponse {
        let context = context(request)
        let id = request.parameters["id"] ?? ""
        do throws(AuditSourceError) {
            guard let found = try find(id) else {
                return PageResponse.html(
                    MissingPage.render(context, what: "No incident has the id \(id)."),
                    status: 404
                )
            }
            return PageResponse.html(IncidentPage.render(context, found))
        } catch {
            let text = "The incident \(id) cannot be read now; see the log."
            return PageResponse.html(
                MissingPage.render(context, title: "Not available", what: text),
                status: 503
            )
        }
    }

    /// Blocks. nil if there is no such incident.
    private func find(_ id: String) throws(AuditSourceError) -> IncidentTimeLine? {
        do throws(AuditSourceError) {
            return try incidents?.incident(id)
        } catch {
            logUnreadable(error)
            throw error
        }
    }

    // MARK: History

    @Sendable
    private func history(_ request: ServerRequest) -> ServerResponse {
        let context = context(request)
        let filter = AuditFilter(request.items)
        let lines = lines(filter, request, at: context.now)
        return PageResponse.html(HistoryPage.render(context, filter: filter, lines))
    }

    /// Blocks. nil if the audit trail cannot be read.
    private func lines(
        _ filter: AuditFilter,
        _ request: ServerRequest,
        at now: Timestamp
    ) -> AuditPage? {
        let deadline = clock.elapsed() + Self.timeout
        var query = filter.request(at: now)
        var found = AuditPage()
        repeat {
            query.limit = AuditFilter.rows - found.lines.count
            guard !request.isAbandoned, let page = audited(query) else { return nil }
            found.lines += page.lines
            found.next = page.next
            query.before = page.next
        } while found.next != nil && found.lines.count < AuditFilter.rows
            && clock.elapsed() < deadline
        return found
    }

    private func audited(_ query: AuditQuery) -> AuditPage? {
        do throws(AuditSourceError) {
            return try audit.audit(query)
        } catch {
            logUnreadable(error)
            return nil
        }
    }

    // MARK: Search

    /// Finds graphs and alerts even if the incidents cannot be read.
    @Sendable
    private func search(_ request: ServerRequest) -> ServerResponse {
        let context = context(request)
        var result = SearchResult(request.items, context.status)
        if !result.text.isEmpty { result.add((try? find(result.text))?.record) }
        guard let destination = result.destination(context) else {
            return PageResponse.html(result.render(context))
        }
        return ServerResponse(
            status: 303,
            headers: ["Location": destination, "Cache-Control": "no-store"]
        )
    }
}
