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
                "/ges/v1.0/\(ClientFixture.project)/graphs/demo/jobs/status?limit=100&offset=0"
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
        let request = Secret(#"{"command":"x"}"#)
        #expect(tasks == [GraphTask(id: "a", state: .running, rawRequest: request)])
    }

    /// A graph that lists this many running tasks of this size, and no more than `limit` in a page.
    /// An answer that exceeds its limit fails.
    private static func history(
        _ count: Int,
        entryBytes: Int,
        limit: Int = .max
    ) -> ScriptedCloud {
        let filler = String(repeating: "x", count: entryBytes)
        return ScriptedCloud { (request) async throws(HTTPError) in
            let offset = Int(request.query("offset") ?? "") ?? 0
            let size = min(Int(request.query("limit") ?? "") ?? 0, limit)
            let entries = (min(offset, count)..<min(offset + size, count)).map {
                #"{"jobId":"\#($0)","status":"running","rawRequest":"\#(filler)"}"#
            }
            let body = #"{"jobs":[\#(entries.joined(separator: ","))]}"#
            guard body.utf8.count <= request.maximumResponseBytes else {
                throw HTTPError(
                    .responseTooLarge,
                    requestMayHaveBeenSent: true,
                    message: "too large"
                )
            }
            return .json(body)
        }
    }

    private func count(_ cloud: ScriptedCloud) async throws -> Int {
        try await ClientFixture(cloud).client.runningTasks(
            of: Self.graph,
            dataPlane: DataPlaneConfiguration()
        ).count
    }

    @Test(
        "a long history is read to its end, however large its entries",
        arguments: [
            (0, 10), (99, 10), (100, 10), (101, 10), (1_000, 10), (9_999, 10), (1_000, 600),
            (5_000, 1_000), (300, 6_000), (50, 100_000), (3, 500_000),
        ]
    )
    func histories(count: Int, entryBytes: Int) async throws {
        let cloud = Self.history(count, entryBytes: entryBytes)
        #expect(try await self.count(cloud) == count)
        #expect(cloud.received.count <= 60)
    }

    @Test("a history that cannot be read to its end counts as too large, not as read")
    func tooLarge() async throws {
        for (count, entryBytes) in [(3, 600_000), (12_000, 10)] {
            let error = await #expect(throws: GESError.self) {
                try await self.count(Self.history(count, entryBytes: entryBytes))
            }
            #expect(error?.reason == "too_large")
        }
    }

    @Test("a graph that states a total is read to it, in pages as it likes")
    func statedTotal() async throws {
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            let offset = Int(request.query("offset") ?? "") ?? 0
            let entries = (offset..<min(offset + 30, 70)).map {
                #"{"jobId":"\#($0)","status":"running"}"#
            }
            return .json(#"{"jobs":[\#(entries.joined(separator: ","))],"totalCount":"70"}"#)
        }
        #expect(try await count(cloud) == 70)
        // One that never ends is left.
        let endless = ScriptedCloud(answers: [
            .json(#"{"jobs":[{"jobId":"1","status":"running"}],"totalCount":1000000}"#)
        ])
        await #expect(throws: GESError.self) { try await self.count(endless) }
        #expect(endless.received.count == 100)
    }

    @Test("a graph that ignores the page size is read once, and no task counts twice")
    func pages() async throws {
        let entries = (0..<1_000).map { #"{"jobId":"\#($0)","status":"running"}"# }
        let (tasks, cloud) = try await tasks(
            .json(#"{"jobs":[\#((entries + entries).joined(separator: ","))]}"#)
        )
        #expect(tasks.count == 1_000)
        #expect(cloud.received.count == 1)
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
        #expect(queries.longestPendingSeconds == 0.5)
        #expect(queries.capacity == GraphSize(vertices: 100, edges: nil))
    }

    @Test(
        "capacities are numbers or strings, and unknown unless above 0",
        arguments: [
            (#""vertex_capacity":"100","edge_capacity":1000"#, 100, 1_000),
            (#""vertex_capacity":100,"edge_capacity":"1000""#, 100, 1_000),
            (#""vertex_capacity":"-1","edge_capacity":1000"#, nil, 1_000),
            (#""vertex_capacity":"0","edge_capacity":0"#, nil, nil),
            (#""vertex_capacity":"many","edge_capacity":null"#, nil, nil),
            (#""vertex_capacity":1e300,"edge_capacity":"9223372036854775808""#, nil, nil),
            (#""instance_name":"x""#, nil, nil),
        ] as [(String, Int64?, Int64?)]
    )
    func capacities(members: String, vertices: Int64?, edges: Int64?) async throws {
        let queries = try await queries(#"{\#(members),"current_queries":[]}"#)
        #expect(queries.capacity == GraphSize(vertices: vertices, edges: edges))
    }

    @Test(
        "the longest wait is known only of a graph that tells who waits",
        arguments: [
            (#""current_queries":[]"#, nil),
            (#""read_waiting_queue_length":0,"current_queries":[]"#, 0),
            (#""read_waiting_queue_length":2,"current_queries":[]"#, nil),
            (#""current_queries":[{"running_duration":2}]"#, nil),
            (#""current_queries":[{"pending_duration":2},{"pending_duration":"7.5"}]"#, 7.5),
            (#""current_queries":[{"pending_duration":-2},{"pending_duration":"NaN"}]"#, nil),
        ] as [(String, Double?)]
    )
    func pending(members: String, expected: Double?) async throws {
        #expect(try await queries("{\(members)}").longestPendingSeconds == expected)
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
