import JSON
import Testing

@testable import GESSimulator
import Time

@Suite("om/metrics of a simulated graph")
struct InstanceMetricsTests {
    private static let path =
        "/ges/v1.0/PID/graphs/NAME/om/metrics?real_time=false&with_performance_metrics=false"

    private func ask(
        _ fault: Fault? = nil,
        _ change: (inout SimulatedGraph) -> Void = { _ in }
    ) -> (status: Int?, document: JSONValue) {
        var fixture = CloudFixture()
        fixture.cloud.update(fixture.graphID) { change(&$0) }
        if let fault {
            let match = FaultMatch(operation: .showInstanceMetrics)
            fixture.cloud.faults.schedule(ScheduledFault(fault, on: match))
        }
        return fixture.ask("GET", Self.path, at: .seconds(60))
    }

    @Test("has the documented fields of two nodes")
    func document() throws {
        let (status, document) = ask()
        #expect(status == 200)
        let start = CloudFixture.start + .seconds(60)
        #expect(document["timestamp"]?.integerValue == start.milliseconds)
        let nodes = try #require(document["node_metrics"]?.arrayValue)
        #expect(nodes.count == 2)
        #expect(nodes.map { $0["overview"]?["role"] } == ["primary", "standby"])
        for name in ["cpu_usage", "mem_total", "disk_usage_avg", "network_io_rate", "swap_free"] {
            #expect(nodes[0]["overview"]?[name]?.doubleValue != nil, "\(name)")
        }
        #expect(nodes[0]["disk_details"]?[0]?["disk_name"] == "vda")
    }

    @Test("can be late, partial, hostile, or of another graph")
    func lies() throws {
        let now = (CloudFixture.start + .seconds(60)).milliseconds
        func time(_ lie: MetricLie) -> Int64? {
            ask(.metrics(lie)).document["timestamp"]?.integerValue
        }
        func nodes(_ lie: MetricLie) -> [JSONValue] {
            ask(.metrics(lie)).document["node_metrics"]?.arrayValue ?? []
        }
        #expect(time(.late(by: .seconds(1_800))) == now - 1_800_000)
        #expect(time(.times(off: .seconds(86_400))) == now + 86_400_000)
        #expect(nodes(.partial(entries: 1)).count == 1)
        #expect(nodes(.endless).count == 200)
        #expect(Set(nodes(.repeated)).count == 1)
        let value = nodes(.value("NaN"))
        #expect(value[0]["overview"]?["cpu_usage"] == "NaN")
        let lacking = nodes(.lacking(["cpu_usage"]))
        #expect(lacking[0]["overview"]?["cpu_usage"] == nil)
        #expect(lacking[0]["overview"]?["mem_total"] != nil)
        #expect(ask(.metrics(.graph("x"))).document["name"] == "x")
    }

    @Test(
        "is missing from versions that lack it",
        arguments: [
            ("2.3.16", "InMemory", "1", 404), ("2.3.17", "InMemory", "1", 200),
            ("2.4.7", "Persistence", "1", 404), ("2.4.8", "Persistence", "1", 200),
            ("2.10.0", "Persistence", "1", 200), ("2.4.6", "InMemory", "0", 404),
        ]
    )
    func versions(version: String, product: String, size: String, status: Int) {
        let answer = ask(nil) { graph in
            (graph.version, graph.productType, graph.sizeTypeIndex) = (version, product, size)
        }
        #expect(answer.status == status)
    }

    @Test("comes with capacities among the queries, except in the database edition")
    func capacities() {
        var fixture = CloudFixture()
        fixture.cloud.update(fixture.graphID) { $0.sizeTypeIndex = "1" }
        let path = "/ges/v1.0/PID/graphs/NAME/om/real-time-queries?summary=false"
        let memory = fixture.ask("GET", path).document
        #expect(memory["vertex_capacity"] == "100000")
        #expect(memory["edge_capacity"]?.integerValue == 1_000_000)
        #expect(memory["vertex_number"]?.integerValue == fixture.graph.vertexCount)
        fixture.cloud.update(fixture.graphID) { $0.productType = "Persistence" }
        let database = fixture.ask("GET", path).document
        #expect(database["vertex_capacity"] == nil && database["edge_number"] == nil)
        #expect(database["current_queries"]?.arrayValue?.isEmpty == true)
    }
}
