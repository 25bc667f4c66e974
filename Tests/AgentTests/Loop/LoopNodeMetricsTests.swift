import API
import Configuration
import Cycle
import HTTPClient
import Remediation
import Testing
import Time
import VirtualTime

@testable import Agent
@testable import GES

@Suite("The monitoring of nodes")
struct LoopNodeMetricsTests {
    private static func fixture(
        _ change: @escaping (inout NodeMetricsConfiguration) -> Void = { _ in }
    ) throws -> LoopFixture {
        try LoopFixture {
            var configuration = NodeMetricsConfiguration()
            change(&configuration)
            $0.configuration.sampling.nodeMetrics = configuration
        }
    }

    private static func requests(_ fixture: LoopFixture, of graph: String? = nil) -> Int {
        fixture.cloud.with { state in
            state.nodeRequests.count { graph == nil || $0.graph == graph }
        }
    }

    private static func nodes(_ fixture: LoopFixture) -> Int {
        let status = fixture.board.current
        return status.nodes.samples(at: status.at)[.nodeCPUUsed]?.count ?? 0
    }

    @Test("brings the nodes of every graph into the steps, once per interval")
    func values() throws {
        let fixture = try Self.fixture { $0.timeout = .seconds(7) }
        try fixture.run { fixture in
            fixture.cloud.with { state in
                state.nodes = { _ throws(GESError) in RoundSource.nodes }
            }
            try await fixture.begin()
            try await fixture.pass(.seconds(600))
            #expect(Self.nodes(fixture) == 4)
            for graph in ["g", "h"] {
                #expect((4...6).contains(Self.requests(fixture, of: graph)))
            }
            #expect(fixture.cloud.with { $0.nodeRequests.allSatisfy { $0.timeout == .seconds(7) } })
            #expect(fixture.metric(MetricCatalog.samples, "node_metrics") ?? 0 >= 32)
            #expect(fixture.metric(MetricCatalog.cycles, "node_metrics") ?? 0 >= 4)
            #expect(fixture.metric(MetricCatalog.cycleSuccess, "node_metrics") != nil)
            #expect(fixture.metric(MetricCatalog.nodeMetricsSeries) == 8)
            #expect(fixture.metric(MetricCatalog.nodeMetricsPaused, "throttled") == 0)
        }
    }

    @Test("leaves a graph alone that hangs, until its restart is over")
    func hung() throws {
        let fixture = try Self.fixture { $0.interval = .seconds(30) }
        try fixture.run { fixture in
            fixture.cloud.with { state in
                state.nodes = { _ throws(GESError) in RoundSource.nodes }
            }
            try await fixture.begin()
            try await fixture.pass(.seconds(120))
            fixture.cloud.with { $0.silent.insert("g") }
            // Until the next poll has seen it.
            try await fixture.pass(.seconds(31))
            let asked = Self.requests(fixture, of: "g")
            try await fixture.until { !fixture.board.current.machine.inFlight.isEmpty }
            #expect(Self.requests(fixture, of: "g") == asked)
            try await fixture.until { fixture.board.current.machine.inFlight.isEmpty }
            #expect(Self.requests(fixture, of: "g") == asked)
            #expect(Self.requests(fixture, of: "h") > asked)
            try await fixture.pass(.seconds(600))
            #expect(Self.requests(fixture, of: "g") > asked)
        }
    }

    @Test("leaves a graph alone from the step on in which its restart is ordered")
    func ordered() throws {
        let fixture = try Self.fixture { $0.interval = .seconds(10) }
        try fixture.run { fixture in
            fixture.cloud.with { state in
                state.nodes = { _ throws(GESError) in RoundSource.nodes }
            }
            try await fixture.begin()
            try await fixture.pass(.seconds(121))
            let order = Order.Kind.restart(GraphID("g"), RestartTerms(overrides: [.diagnosis]))
            #expect(await fixture.give(order) == "done")
            let polls = fixture.cloud.count(.list)
            let asked = ["g", "h"].map { Self.requests(fixture, of: $0) }
            try await fixture.pass(.seconds(20))
            #expect(Self.requests(fixture, of: "g") == asked[0] && asked[0] > 5)
            #expect(Self.requests(fixture, of: "h") > asked[1])
            try #require(fixture.cloud.count(.list) == polls, "a poll came between")
        }
    }

    @Test("asks a graph that has no such metrics once an hour, and says how many there are")
    func unsupported() throws {
        let fixture = try Self.fixture()
        try fixture.run(limit: .seconds(20_000)) { fixture in
            fixture.cloud.with { state in
                state.nodes = { graph throws(GESError) in
                    guard graph == "h" else { return RoundSource.nodes }
                    throw .api(ServiceFailure(status: 404, code: "GES.8000", message: ""))
                }
            }
            try await fixture.begin()
            try await fixture.pass(.seconds(7_000))
            #expect(Self.requests(fixture, of: "h") == 2)
            #expect(Self.requests(fixture, of: "g") > 50)
            #expect(fixture.metric(MetricCatalog.nodeMetricsUnsupported) == 1)
            #expect(
                fixture.metric(MetricCatalog.sampleFailures, "node_metrics", "unsupported") == 2
            )
            #expect(Self.nodes(fixture) == 2)
        }
    }
}
