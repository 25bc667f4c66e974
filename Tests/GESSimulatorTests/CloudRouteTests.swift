import Testing

@testable import GESSimulator

@Suite("A request's meaning")
struct CloudRouteTests {
    private struct Row: Sendable, CustomTestStringConvertible {
        let method: String
        let path: String
        var query: [(name: String, value: String)] = []
        let route: CloudRoute
        var testDescription: String { "\(method) \(path)" }

        init(
            _ method: String,
            _ path: String,
            query: [(name: String, value: String)] = [],
            _ route: CloudRoute
        ) {
            (self.method, self.path, self.query, self.route) = (method, path, query, route)
        }
    }

    private static func graphs(
        _ operation: Operation,
        _ version: APIDialect,
        graph: String? = nil,
        item: String? = nil
    ) -> CloudRoute {
        CloudRoute(.ges, operation, version, project: "p", graph: graph, item: item)
    }

    private static let managementRows = [
        Row("GET", "/v2/p/graphs", graphs(.listGraphs, .v2)),
        Row("GET", "/v1.0/p/graphs/", graphs(.listGraphs, .v1)),
        Row("GET", "/v2/p/graphs/g", graphs(.showGraph, .v2, graph: "g")),
        Row("GET", "/v1.0/p/graphs/a%20b", graphs(.showGraph, .v1, graph: "a b")),
        Row("POST", "/v2/p/graphs/g/restart", graphs(.restartGraph, .v2, graph: "g")),
        Row("POST", "/v2/p/graphs/g/stop", graphs(.stopGraph, .v2, graph: "g")),
        Row(
            "POST",
            "/v1.0/p/graphs/g/action",
            query: [("action_id", "restart")],
            graphs(.restartGraph, .v1, graph: "g")
        ),
        Row(
            "POST",
            "/v1.0/p/graphs/g/action",
            query: [("action_id", "start")],
            graphs(.startGraph, .v1, graph: "g")
        ),
        // Each dialect has its own path for an action, and not the other's.
        Row("POST", "/v1.0/p/graphs/g/restart", graphs(.unknown, .v1, graph: "g")),
        Row(
            "POST",
            "/v2/p/graphs/g/action",
            query: [("action_id", "restart")],
            graphs(.unknown, .v2, graph: "g")
        ),
        Row("POST", "/v1.0/p/graphs/g/action", graphs(.unknown, .v1, graph: "g")),
        Row("GET", "/v2/p/graphs/g/restart", graphs(.unknown, .v2, graph: "g")),
        // Words in the position of a graph's id.
        Row("GET", "/v2/p/graphs/jobs", graphs(.listJobs, .v2)),
        Row("GET", "/v1.0/p/graphs/backups", graphs(.listBackups, .v1)),
        Row("GET", "/v2/p/graphs/quotas", graphs(.listQuotas, .v2)),
        Row("GET", "/v2/p/graphs/metadatas", graphs(.unknown, .v2)),
        Row("GET", "/v2/p/graphs/scenes", graphs(.unknown, .v2)),
        Row("GET", "/v2/p/graphs/g/jobs/j/status", graphs(.showJob, .v2, graph: "g", item: "j")),
        Row("GET", "/v2/p/graphs/g/backups", graphs(.listBackups, .v2, graph: "g")),
        Row("POST", "/v3/auth/tokens", query: [("nocatalog", "true")], .init(.iam, .createToken)),
        Row("GET", "/v3/projects", query: [("name", "r")], .init(.iam, .listProjects)),
        Row("PUT", "/meta-data/latest/api/token", .init(.metadata, .createMetadataToken)),
        Row("GET", "/openstack/latest/securitykey", .init(.metadata, .showSecurityKey)),
        Row("GET", "/V1.0/p/metric-data", .init(.cloudEye, .showMetrics, project: "p")),
        Row("GET", "/v1.0/p/metric-data", .init(.ges, .unknown)),
        Row("GET", "/", .init(.ges, .unknown)),
        Row("GET", "/ges/v1.0/p/graphs/n/version", .init(.ges, .unknown)),
    ]

    @Test("is determined by method, path and action", arguments: managementRows)
    private func means(row: Row) {
        let request = CloudRequest(row.method, row.path, query: row.query)
        #expect(CloudRoute.of(request) == row.route)
    }

    private static func dataPlane(_ operation: Operation, item: String? = nil) -> CloudRoute {
        CloudRoute(.dataPlane, operation, project: "p", graph: "n", item: item)
    }

    private static let graphRows = [
        Row("GET", "/ges/v1.0/p/graphs/n/version", dataPlane(.showVersion)),
        Row("GET", "/ges/v1.0/p/graphs/n/summary", dataPlane(.showSummary)),
        Row("GET", "/ges/v1.0/p/graphs/n/jobs/status", dataPlane(.listTasks)),
        Row("GET", "/ges/v1.0/p/graphs/n/jobs/j/status", dataPlane(.showTask, item: "j")),
        Row("DELETE", "/ges/v1.0/p/graphs/n/jobs/j", dataPlane(.cancelTask, item: "j")),
        Row("GET", "/ges/v1.0/p/graphs/n/om/real-time-queries", dataPlane(.showQueries)),
        Row(
            "POST",
            "/ges/v1.0/p/graphs/n/action",
            query: [("action_id", "execute-cypher-query")],
            dataPlane(.executeCypher)
        ),
        Row("POST", "/ges/v1.0/p/graphs/n/action", dataPlane(.unknown)),
        Row("GET", "/v2/p/graphs", .init(.dataPlane, .unknown)),
    ]

    @Test("differs on a graph's own address", arguments: graphRows)
    private func meansThere(row: Row) {
        let request = CloudRequest(
            row.method,
            row.path,
            query: row.query,
            entrance: .dataPlane
        )
        #expect(CloudRoute.of(request) == row.route)
    }
}
