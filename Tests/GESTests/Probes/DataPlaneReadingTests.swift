import HTTPClient
import Testing

@testable import GES
import Time

@Suite("Tasks and queries inside a graph")
struct DataPlaneReadingTests {
    private static var graph: Graph {
        var graph = Graph(id: "g", name: "demo", status: GraphStatus(code: "200"))
        graph.privateIP = "192.168.0.4"
        return graph
    }

    private func tasks(_ answers: HTTPResponse...) async throws -> ([GraphTask], ScriptedCloud) {
        let cloud = ScriptedCloud(answers: answers)
        let fixture = try ClientFixture(cloud)
        let tasks = try await fixture.client.runningTasks(
            of: Self.graph,
            dataPlane: DataPlaneConfiguration()
        )
        return (tasks, cloud)
    }

    @Test("only pending and running tasks are listed, oldest first")
    func runningTasks() async throws {
        let (tasks, cloud) = try await tasks(
            .json(
                #"{"result":"success","jobs":["#
                    + #"{"jobId":"done","status":"success","progress":"100"},"#
                    + #"{"jobId":"late","status":"running","taskType":"Algorithm","progress":"25","#
                    + #""startTime":"2024-05-23 09:54:00","endTime":""},"#
                    + #"{"jobId":"queued","status":"pending","progress":"","startTime":""},"#
                    + #"{"jobId":"early","status":"Running","taskType":"ImportGraph","progress":250,"#
                    + #""startTime":"2024-05-23 08:00:00"},{"status":"running"},7]}"#
            )
        )
        #expect(tasks.map(\.id) == ["early", "late", "queued"])
        #expect(tasks.map(\.state) == [.running, .running, .pending])
        #expect(tasks.map(\.progressRatio) == [1, 0.25, nil])
        #expect(tasks[1].type == "Algorithm")
        #expect(tasks[1].startTime?.description == "2024-05-23T09:54:00Z")
        #expect(
            cloud.received.map(\.target) == [
                "/ges/v1.0/\(ClientFixture.project)/graphs/demo/jobs/status?limit=1000&offset=0"
            ]
        )
    }

    @Test("the database edition reports its tasks in less detail")
    func databaseEdition() async throws {
        let (tasks, _) = try await tasks(
            .json(
                #"{"jobs":[{"jobId":"a","status":"running","request":{"command":"x"}},"#
                    + #"{"jobId":"b","status":"complete"}],"totalCount":2}"#
            )
        )
        #expect(tasks == [GraphTask(id: "a", state: .running)])
    }

    @Test("a full page is followed by the next, and no task counts twice")
    func pages() async throws {
        let entries = (0..<1_000).map { #"{"jobId":"\#($0)","status":"running"}"# }
        let full = HTTPResponse.json(#"{"jobs":[\#(entries.joined(separator: ","))]}"#)
        let (tasks, cloud) = try await tasks(
            full,
            .json(#"{"jobs":[{"jobId":"1","status":"running"}]}"#)
        )
        #expect(tasks.count == 1_000)
        #expect(cloud.received.map { $0.query("offset") } == ["0", "1000"])
    }

    @Test("an error of the graph is an error")
    func failure() async throws {
        let error = await #expect(throws: GESError.self) {
            try await tasks(
                .json(
                    #"{"errorMessage":"graph : demo not exist","errorCode":"GES.8000","result":"failed"}"#,
                    status: 400
                )
            )
        }
        #expect(error?.code == "GES.8000")
        await #expect(throws: GESError.self) { try await tasks(.json(#"{"result":"success"}"#)) }
    }

    private func queries(_ body: String) async throws -> RealTimeQueries {
        let fixture = try ClientFixture(ScriptedCloud(answers: [.json(body)]))
        return try await fixture.client.realTimeQueries(
            of: Self.graph,
            dataPlane: DataPlaneConfiguration()
        )
    }

    @Test("queues and queries are parsed, numbers as numbers or strings")
    func realTimeQueries() async throws {
        let queries = try await queries(
            #"{"errorCode":"","instance_name":"ges_demo-ges-dn-2-1","vertex_capacity":"100","#
                + #""read_waiting_queue_length":3,"read_running_queue_length":"4","#
                + #""write_waiting_queue_length":0,"write_running_queue_length":1,"#
                + #""current_queries":[{"task_name":"khop","request_id":"r","status":"RUNNING","#
                + #""running_duration":29.75,"pending_duration":"0.5"},"#
                + #"{"running_duration":"31.5"},{"status":"WAITING"},null]}"#
        )
        #expect(queries.readWaiting == 3)
        #expect(queries.readRunning == 4)
        #expect(queries.writeWaiting == 0)
        #expect(queries.writeRunning == 1)
        #expect(queries.queries.count == 3)
        #expect(queries.queries[0].pendingSeconds == 0.5)
        #expect(queries.longestRunningSeconds == 31.5)
    }

    @Test("the database edition has queries without queues")
    func databaseQueries() async throws {
        let queries = try await queries(
            #"{"instance_name":"x","current_queries":[{"request_id":"r","running_duration":2}]}"#
        )
        #expect(queries.readRunning == nil)
        #expect(queries.longestRunningSeconds == 2)
        #expect(try await self.queries(#"{"current_queries":[]}"#).longestRunningSeconds == 0)
        await #expect(throws: GESError.self) { try await self.queries(#"{"instance_name":"x"}"#) }
    }
}
