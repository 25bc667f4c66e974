import HTTPClient
import TestSupport
import Testing

@testable import GES
import Time

@Suite("What a graph says of its nodes")
struct NodeMetricsTests {
    private static var graph: Graph {
        var graph = Graph(id: "g", name: "demo", status: GraphStatus(code: "200"))
        graph.privateIP = "192.168.0.4"
        return graph
    }

    private func ask(
        _ response: HTTPResponse
    ) async throws -> (answer: NodeMetrics, fixture: ClientFixture) {
        let fixture = try ClientFixture(ScriptedCloud(answers: [response]))
        let answer = try await fixture.client.nodeMetrics(
            of: Self.graph,
            dataPlane: DataPlaneConfiguration()
        )
        return (answer, fixture)
    }

    private func ask(nodes: String, time: String = "0") async throws -> NodeMetrics {
        let text = #"{"id":"g","name":"demo","timestamp":\#(time),"node_metrics":[\#(nodes)]}"#
        return try await ask(.json(text)).answer
    }

    private static func node(_ members: String, disks: String = "[]") -> String {
        #"{"overview":{\#(members)},"disk_details":\#(disks),"network_details":[]}"#
    }

    @Test("is asked for as of the last two minutes, without the metrics of requests")
    func request() async throws {
        let (answer, fixture) = try await ask(.json(#"{"errorCode":"","node_metrics":[]}"#))
        #expect(answer == NodeMetrics())
        let request = try #require(fixture.cloud.received.first)
        #expect(
            request.target == "/ges/v1.0/\(ClientFixture.project)/graphs/demo"
                + "/om/metrics?real_time=false&with_performance_metrics=false"
        )
        #expect(request.header("X-Auth-Token") == "token-1")
        #expect(request.maximumResponseBytes == 512 << 10)
    }

    @Test(
        "is converted to base units",
        arguments: [
            (.cpuUsed, "12.5", 0.125), (.cpuUser, "\"8\"", 0.08), (.cpuIOWait, "100.4", 1),
            (.memorySize, "2", 2_147_483_648), (.memoryUsed, "0", 0),
            (.diskUsed, "\"23.5%\"", 0.235), (.diskRead, "12", 12_288), (.network, "0.5", 512),
            (.swapFree, "1", 1_073_741_824), (.hostState, "-1", -1),
        ] as [(NodeMetric, String, Double)]
    )
    func units(metric: NodeMetric, text: String, expected: Double) async throws {
        let answer = try await ask(
            nodes: Self.node(#""instance_id":"n","\#(metric.rawValue)":\#(text)"#)
        )
        let value = try #require(answer.nodes.first?.values[metric])
        #expect(abs(value - expected) < 1e-9 * max(1, abs(expected)))
        #expect(answer.faults.isEmpty)
    }

    @Test(
        "is not used, and counted, where it is no value",
        arguments: ["-1", "102", "\"NaN\"", "\"1e999\"", "1e300", "\"much\"", "true"]
    )
    func values(text: String) async throws {
        let answer = try await ask(
            nodes: Self.node(#""instance_id":"n","cpu_usage":\#(text),"mem_total":4"#)
        )
        #expect(answer.nodes.first?.values == [.memorySize: 4_294_967_296])
        #expect(answer.faults == [.value: 1])
    }

    @Test(
        "lacks what is not there, which is no fault",
        arguments: [#""cpu_usage":null,"#, #""cpu_usage":"","#, #""cpu_usage":{},"#, ""]
    )
    func absent(members: String) async throws {
        let answer = try await ask(nodes: Self.node(members + #""instance_id":"n""#))
        #expect(answer.nodes.map(\.name) == ["n"])
        #expect(answer.nodes.first?.values.isEmpty == true)
        #expect(answer.nodes.first?.role.isEmpty == true)
        #expect(answer.faults.isEmpty)
    }

    @Test("may come as text within the text")
    func embedded() async throws {
        let overview = #"{\"instance_id\":\"n\",\"role\":\"primary\",\"cpu_usage\":\"50\"}"#
        let disks = #"[{\"disk_name\":\"vda\",\"disk_usage_avg\":10}]"#
        let answer = try await ask(
            nodes: #"{"overview":"\#(overview)","disk_details":"\#(disks)"}"#
        )
        let node = try #require(answer.nodes.first)
        #expect(node.role == "primary" && node.values == [.cpuUsed: 0.5])
        #expect(node.disks == [.init(name: "vda", values: [.diskUsed: 0.1])])
    }

    @Test("names each node by what no other has")
    func names() async throws {
        let answer = try await ask(
            nodes: [
                Self.node(#""instance_id":"cluster","ges_instance_name":"a","role":"primary""#),
                Self.node(#""instance_id":"cluster","ges_instance_name":"b""#),
                Self.node(#""instance_id":"cluster","host_name":"c""#),
                Self.node(#""instance_id":"own","host_name":"c""#),
                Self.node(#""instance_id":"cluster","work_ip":"own""#),
                Self.node(#""role":"nameless""#), "7", "null", #"{"overview":"{"}"#,
            ].joined(separator: ",")
        )
        // The third shares its host, and the fifth has the name of the fourth.
        #expect(answer.nodes.map(\.name) == ["a", "b", "own"])
        #expect(answer.faults == [.name: 6])
    }

    @Test("has names that can be shown, and no more than the memory has room for")
    func hostileSizes() async throws {
        let long = String(repeating: "x", count: 500)
        let disks = (0..<100).map { #"{"disk_name":"d\#($0)","disk_total":1}"# }
        let first = Self.node(
            #""instance_id":"\#(long)","role":"\#(long)","host_name":"a\u0007b""#,
            disks: "[\(disks.joined(separator: ","))]"
        )
        let others = (0..<150).map { Self.node(#""instance_id":"n\#($0)""#) }
        let answer = try await ask(nodes: ([first] + others).joined(separator: ","))
        #expect(answer.nodes.count == 64)
        #expect(answer.nodes[0].name.count == 65 && answer.nodes[0].role.count == 65)
        #expect(answer.nodes[0].host == "a b")
        #expect(answer.nodes[0].disks.count == 64)
        #expect(answer.faults == [.name: 87 + 36])
    }

    @Test("holds for the time that the graph states, unless that cannot be")
    func times() async throws {
        let now = ManualClock().wall
        func time(_ text: String) async throws -> Timestamp? {
            try await ask(nodes: "", time: text).time
        }
        let late = now - .seconds(1_800)
        #expect(try await time("\(late.milliseconds)") == late)
        #expect(try await time("\"\(late.milliseconds)\"") == late)
        let ahead = now + .seconds(30)
        #expect(try await time("\(ahead.milliseconds)") == ahead)
        for text in [
            "\((now + .seconds(3_600)).milliseconds)", "0", "-5", "1735787100", "\"x\"",
            "9223372036854775807", "-9223372036854775808", "null",
        ] {
            #expect(try await time(text) == nil, "\(text)")
        }
    }

    @Test(
        "is a failure, whatever else the answer has",
        arguments: [
            (#"{"errorCode":"GES.8000","errorMessage":"no","node_metrics":[]}"#, "api_error"),
            (#"{"node_metrics":{}}"#, "parse"), ("{}", "parse"), ("[]", "parse"),
            (#"{"id":"x","node_metrics":[]}"#, "parse"),
            (#"{"id":"x","name":"other","node_metrics":[]}"#, "parse"),
            (#"{"node_metrics":["#, "parse"),
        ]
    )
    func failures(text: String, reason: String) async throws {
        let error = await #expect(throws: GESError.self) { try await ask(.json(text)) }
        #expect(error?.reason == reason)
    }

    @Test("may be of a graph whose id is not that of the management plane")
    func otherID() async throws {
        let answer = try await ask(.json(#"{"id":"x","name":"demo","node_metrics":[]}"#)).answer
        #expect(answer.nodes.isEmpty)
    }

    @Test("uses connections that no probe needs")
    func connections() async throws {
        let probes = ScriptedCloud(answers: [.json(#"{"version":"2.4.6"}"#)])
        let monitoring = ScriptedCloud(answers: [.json(#"{"node_metrics":[]}"#)])
        let client = GESClient(
            configuration: GESConfiguration(
                projectID: ClientFixture.project,
                endpoints: try Endpoints(region: "cn-north-4"),
                credentials: .token(.constant(Secret("token-1"))),
                clock: ManualClock().clock
            ),
            http: probes,
            dataPlaneHTTP: probes,
            monitoringHTTP: monitoring,
            observer: RecordingObserver()
        )
        _ = try await client.nodeMetrics(of: Self.graph, dataPlane: DataPlaneConfiguration())
        _ = await client.probe(.version, of: Self.graph, dataPlane: DataPlaneConfiguration())
        #expect(monitoring.received.count == 1 && probes.received.count == 1)
        #expect(probes.received.map(\.path).allSatisfy { $0.hasSuffix("/version") })
    }
}
