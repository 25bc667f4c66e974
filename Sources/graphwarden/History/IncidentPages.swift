import ArgumentParser
import JSON
import URI

/// The incidents, page by page, newest first.
struct IncidentPages {
    let client: ClientOptions
    let filter: HistoryFilter
    let graphID: String?

    /// The most that the agent returns at once.
    private static let pageSize = 1_000

    /// Calls `body` for each incident until there are no more, or `limit` incidents.
    func forEach(limit: Int = .max, _ body: (JSONValue) async throws -> Void) async throws {
        var rest = limit
        var after: String?
        var seen: Set<String> = []
        repeat {
            let size = min(rest, Self.pageSize)
            let path = filter.incidentPath(graphID: graphID, limit: size, after: after)
            let incidents = try await client.get(path).data.arrayValue ?? []
            for incident in incidents { try await body(incident) }
            rest -= incidents.count
            let last = incidents.last?.text("id") ?? ""
            // An agent that does not move on would be asked forever.
            guard incidents.count == size, !last.isEmpty, seen.insert(last).inserted else { return }
            after = last
        } while rest > 0
    }

    /// An incident with its time line and tasks.
    static func whole(_ id: String, _ client: ClientOptions) async throws -> AgentResponse {
        try await client.get("/api/v1/incidents/\(PercentEncoding.encode(id))")
    }
}
