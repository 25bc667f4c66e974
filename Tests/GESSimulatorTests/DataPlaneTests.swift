import JSON
import Testing

@testable import GESSimulator

@Suite("A graph's own address")
struct DataPlaneTests {
    private static let base = "/ges/v1.0/PID/graphs/NAME"

    private static let probes = ["/version", "/summary", "/jobs/status", "/om/real-time-queries"]

    @Test("answers while the graph is up", arguments: probes)
    func answers(probe: String) {
        var fixture = CloudFixture()
        #expect(fixture.ask("GET", Self.base + probe).status == 200)
    }

    @Test("reports version and size")
    func facts() {
        var fixture = CloudFixture()
        let version = fixture.ask("GET", Self.base + "/version").document
        #expect(version["version"]?.stringValue == fixture.graph.version)
        let summary = fixture.ask("GET", Self.base + "/summary?label_details=false").document
        #expect(summary["data"]?["vertexNum"]?.integerValue == fixture.graph.vertexCount)
        #expect(summary["data"]?["labelDetails"] == nil)
    }

    @Test("never answers for a hanging graph, whatever the request", arguments: probes)
    func hangs(probe: String) {
        var fixture = CloudFixture()
        fixture.cloud.hang(fixture.graphID, .unresponsive, at: CloudFixture.start)
        #expect(fixture.send("GET", Self.base + probe).isNever)
        #expect(fixture.send("GET", Self.base + probe, headers: []).isNever)
        #expect(fixture.status(at: .zero) == "200")
        #expect(fixture.cloud.log.records[0].status == nil)
    }

    @Test(
        "drops connections of a graph that is not up",
        arguments: ["100", "300", "900", "901", "920", "777"]
    )
    func down(status: String) {
        var fixture = CloudFixture()
        fixture.cloud.setStatus(
            fixture.graphID,
            SimulatedGraph.Status(rawValue: status),
            at: CloudFixture.start
        )
        #expect(fixture.send("GET", Self.base + "/version").isClose)
    }

    @Test("can be slow, silent, dropping or failing")
    func manners() {
        var fixture = CloudFixture()
        let id = fixture.graphID
        func reply() -> CloudReply { fixture.send("GET", Self.base + "/version") }
        fixture.cloud.setManner(id, .slow(.milliseconds(300)))
        guard case .late(let answer, .milliseconds(300)) = reply() else {
            Issue.record("not late")
            return
        }
        #expect(answer.status == 200)
        fixture.cloud.setManner(id, .silent)
        #expect(reply().isNever)
        fixture.cloud.setManner(id, .dropping)
        #expect(reply().isClose)
        fixture.cloud.setManner(id, .failing(.engineUnavailable))
        let failing = reply().answer
        #expect(failing?.status == 500)
        #expect(failing?.document?["errorCode"] == "GES.8602")
    }

    @Test(
        "shows a hanging import as a task without progress and a growing queue",
        arguments: [
            (HangKind.importing, "ImportGraph"), (.exporting, "ExportGraph"),
            (.clearing, "ClearGraph"),
        ]
    )
    func stalledTask(hangClass: HangKind, type: String) {
        var fixture = CloudFixture()
        fixture.cloud.hang(fixture.graphID, hangClass, at: CloudFixture.start)
        for seconds in [1, 60, 80_000] {
            let task = fixture.ask("GET", Self.base + "/jobs/status", at: .seconds(seconds))
                .document["jobs"]?[0]
            #expect(task?["taskType"]?.stringValue == type)
            #expect(task?["status"] == "running")
            #expect(task?["progress"] == "37")
        }
        let queries = fixture.ask("GET", Self.base + "/om/real-time-queries", at: .seconds(60))
        #expect(queries.document["write_running_queue_length"] == 1)
        #expect(queries.document["write_waiting_queue_length"] == 6)
        #expect(queries.document["current_queries"]?[0]?["running_duration"] == 60.0)
    }

    @Test("shows healthy work with progress")
    func healthyWork() {
        var fixture = CloudFixture()
        fixture.cloud.beginWork(
            fixture.graphID,
            .importing,
            lasting: .seconds(200),
            at: CloudFixture.start
        )
        func task(_ seconds: Int) -> JSONValue? {
            fixture.ask("GET", Self.base + "/jobs/status", at: .seconds(seconds))
                .document["jobs"]?[0]
        }
        #expect(task(50)?["progress"] == "25")
        #expect(fixture.status(at: .seconds(199)) == "202")
        #expect(task(200)?["status"] == "success")
        #expect(task(200)?["endTime"] == "2025-01-02 03:07:25")
        #expect(fixture.status(at: .seconds(200)) == "200")
    }

    @Test("cancels a task once")
    func cancels() throws {
        var fixture = CloudFixture()
        let added = fixture.cloud.addTask(
            fixture.graphID,
            type: "Algorithm",
            course: .stalled(percent: 5),
            at: CloudFixture.start
        )
        let task = try #require(added)
        let shown = fixture.ask("GET", Self.base + "/jobs/\(task)/status")
        #expect(shown.document["status"] == "running")
        #expect(fixture.ask("DELETE", Self.base + "/jobs/\(task)").status == 200)
        let again = fixture.ask("DELETE", Self.base + "/jobs/\(task)")
        #expect(again.status == 400)
        #expect(again.document["errorCode"] == "GES.8303")
    }

    @Test("answers queries")
    func queries() {
        var fixture = CloudFixture()
        let gremlin = Self.base + "/action?action_id=execute-gremlin-query"
        let vertices = fixture.ask("POST", gremlin, body: #"{"command":"g.V().limit(1)"}"#)
        #expect(vertices.document["data"]?["vertices"]?[0] != nil)
        #expect(fixture.ask("POST", gremlin, body: "{}").document["errorCode"] == "GES.8505")
        let cypher = Self.base + "/action?action_id=execute-cypher-query"
        let rows = fixture.ask("POST", cypher, body: #"{"statements":[{"statement":"x"}]}"#)
        #expect(rows.document["results"]?[0]?["columns"] == ["n"])
        let none = fixture.ask("POST", cypher, body: "{}")
        #expect(none.status == 400)
        #expect(none.document["errors"]?[0]?["code"] == "GES.8000")
    }

    @Test(
        "refuses with a graph's errors, not the gateway's",
        arguments: [
            (base + "/version", "none", "GES.8007"),
            ("/ges/v1.0/PID/graphs/absent/version", "token", "GES.8001"),
            ("/ges/v1.0/ffff/graphs/NAME/version", "token", "GES.8006"),
            (base + "/nonsense", "token", "GES.8000"),
        ]
    )
    func refusals(path: String, credentials: String, code: String) {
        var fixture = CloudFixture()
        let headers = credentials == "none" ? [] : [(name: "X-Auth-Token", value: fixture.token)]
        let answer = fixture.send("GET", path, headers: headers).answer
        #expect(answer?.status == 400)
        #expect(answer?.document?["errorCode"]?.stringValue == code)
    }
}
