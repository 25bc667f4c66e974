import HTTPClient
import LiveRehearsal
import Testing

@Suite("LiveRehearsal.Operation")
struct ObservedOperationTests {
    private static let project = "0123456789abcdef0123456789abcdef"
    private static let id = "f1529b88-c958-493e-8452-fccfe932cde1"

    struct Row: Sendable, CustomTestStringConvertible {
        let method: HTTPMethod
        let path: String
        let operation: ObservedOperation
        var testDescription: String { "\(method.rawValue) \(path)" }

        init(_ method: HTTPMethod, _ path: String, _ operation: ObservedOperation) {
            self.method = method
            self.path = path
            self.operation = operation
        }
    }

    static let rows =
        ["v1.0", "v2"].flatMap { version in
            let graphs = "/\(version)/\(project)/graphs"
            return [
                Row(.get, graphs + "?offset=1&limit=2", .listGraphs(offset: 1, limit: 2)),
                Row(.get, graphs, .listGraphs(offset: 0, limit: 10)),
                Row(.get, graphs + "/jobs?status=running", .listJobs(graphName: nil)),
                Row(.get, graphs + "/jobs?graph_name=demo&offset=0", .listJobs(graphName: "demo")),
                Row(.get, graphs + "/\(id)", .showGraph(id: id)),
                Row(.get, graphs + "/\(id)/jobs/j1/status", .showJob(id: "j1")),
                Row(.post, graphs + "/\(id)/restart", .restart(id: id)),
                Row(.get, graphs + "/\(id)/restart", .other),
                Row(.post, graphs + "/\(id)/action?action_id=restart", .restart(id: id)),
                Row(.post, graphs + "/\(id)/action?action_id=stop", .other),
                Row(.post, graphs + "/\(id)/stop", .other),
                Row(.get, "/\(version)/\(project)", .other),
            ]
        } + [
            Row(.get, "/V1.0/\(project)/metrics?namespace=SYS.GES", .listMetrics),
            Row(.post, "/v3/auth/tokens", .other),
            Row(
                .get,
                "/ges/v1.0/\(project)/graphs/demo/om/metrics?real_time=false",
                .dataPlane(graphName: "demo", path: "om/metrics")
            ),
            Row(
                .get,
                "/ges/v1.0/\(project)/graphs/demo/version",
                .dataPlane(graphName: "demo", path: "version")
            ),
            Row(.get, "/", .other), Row(.get, "", .other), Row(.get, "/ges/v1.0", .other),
            Row(.get, "/v2", .other), Row(.get, "//?&=&==", .other),
        ]

    @Test("tells requests apart by method and path", arguments: rows)
    func operations(row: Row) {
        #expect(ObservedOperation(row.method, url: "https://host:8443" + row.path) == row.operation)
    }

    @Test("an endpoint with a path of its own changes nothing")
    func basePath() {
        let url = "http://proxy/cloud/v2/\(Self.project)/graphs/\(Self.id)"
        #expect(ObservedOperation(.get, url: url) == .showGraph(id: Self.id))
        for version in ["v1.0", "v2"] {
            let graph = "http://proxy/ges/\(version)/\(Self.project)/graphs/\(Self.id)"
            #expect(
                ObservedOperation(.post, url: graph + "/restart") == .restart(id: Self.id)
            )
            #expect(
                ObservedOperation(.post, url: graph + "/action?action_id=restart")
                    == .restart(id: Self.id)
            )
        }
    }
}
