import JSON
import Testing

@testable import GESSimulator

@Suite("The task center")
struct JobListTests {
    /// Two restarts of the first two graphs, and an import in the third that never ends.
    private func busyCloud() -> (CloudFixture, [String]) {
        var fixture = CloudFixture()
        let ids = fixture.cloud.graphIDs
        fixture.cloud.hang(ids[2], .importing, at: CloudFixture.start)
        _ = fixture.send("POST", "/v2/PID/graphs/\(ids[0])/restart", at: .seconds(1))
        _ = fixture.send("POST", "/v2/PID/graphs/\(ids[1])/restart", at: .seconds(100))
        return (fixture, fixture.cloud.graphs.map(\.name))
    }

    @Test(
        "filters",
        arguments: [
            ("", [1, 0, 2]), ("?status=running", [1, 2]), ("?status=success", [0]),
            ("?status=waiting", []), ("?limit=1", [1]), ("?offset=1&limit=1", [0]),
            ("?start_time=2025-01-02", [1, 0, 2]), ("?start_time=2025-01-03", []),
            ("?end_time=2025-01-02", [1, 0, 2]), ("?end_time=2025-01-01", []),
        ]
    )
    func filters(query: String, graphs: [Int]) {
        var (fixture, names) = busyCloud()
        let answer = fixture.ask("GET", "/v2/PID/graphs/jobs" + query, at: .seconds(105))
        let listed = (answer.document["job_list"]?.arrayValue ?? [])
            .compactMap { $0["related_graph"]?.stringValue }
        #expect(listed == graphs.map { names[$0] })
    }

    @Test("begins with jobs of each kind that ended well within the last month")
    func pastJobs() throws {
        var fixture = CloudFixture { $0.pastJobs = 5 }
        let name = try #require(fixture.cloud.graphs.first?.name)
        let path = "/v2/PID/graphs/jobs?limit=100&graph_name=\(name)"
        let jobs = fixture.ask("GET", path, at: .zero).document["job_list"]?.arrayValue ?? []
        let kinds = Dictionary(grouping: jobs) { $0["job_name"]?.stringValue ?? "" }
        #expect(
            kinds.mapValues(\.count) == [
                "ImportGraph": 5, "ExportGraph": 5, "ClearGraph": 5, "RestartGraph": 5,
            ]
        )
        #expect(jobs.allSatisfy { $0["status"] == "success" })
        let begins = jobs.compactMap { $0["begin_time"]?.stringValue }
        #expect(begins == begins.sorted(by: >))
        #expect(begins.allSatisfy { $0 > "2024-12-02" && $0 < "2025-01-01T03:04:05" })
        let recent = fixture.ask("GET", "/v2/PID/graphs/jobs?start_time=2025-01-01", at: .zero)
        #expect(recent.document["job_count"] == 0)
    }

    @Test("finds the jobs of one graph by its name")
    func byName() {
        var (fixture, names) = busyCloud()
        let path = "/v1.0/PID/graphs/jobs?graph_name=\(names[1])"
        let answer = fixture.ask("GET", path, at: .seconds(101))
        #expect(answer.document["jobCount"] == 1)
        let job = answer.document["jobList"]?[0]
        #expect(job?["status"] == "pending")
        #expect(job?["beginTime"] == "2025-01-02T03:05:45")
        #expect(job?["endTime"] == nil)
        let waiting = fixture.ask("GET", "/v1.0/PID/graphs/jobs?status=waiting", at: .seconds(101))
        #expect(waiting.document["jobCount"] == 1)
    }

    @Test("has its own error format in v1")
    func errorShape() {
        var fixture = CloudFixture()
        let older = fixture.ask("GET", "/v1.0/PID/graphs/jobs?status=nonsense")
        #expect(older.status == 400)
        #expect(older.document["errCode"] == "GES.0001")
        #expect(older.document["externalMessage"] != nil)
        let newer = fixture.ask("GET", "/v2/PID/graphs/jobs?start_time=yesterday")
        #expect(newer.document["error_code"] == "GES.0001")
    }

    @Test("shows a job only under its graph")
    func otherGraph() throws {
        var fixture = CloudFixture()
        let answer = fixture.ask("POST", "/v1.0/PID/graphs/GID/action?action_id=restart")
        let job = try #require(answer.document["jobId"]?.stringValue)
        let other = fixture.cloud.graphIDs[1]
        let shown = fixture.ask("GET", "/v1.0/PID/graphs/\(other)/jobs/\(job)/status")
        #expect(shown.status == 400)
        #expect(shown.document["errorCode"] == "GES.8301")
    }
}
