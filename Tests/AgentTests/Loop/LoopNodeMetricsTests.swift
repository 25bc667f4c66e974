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

    private static func answer() -> NodeMetrics {
        var answer = NodeMetrics()
        answer.nodes = ["n1", "n2"].map {
            NodeMetrics.Node(
                name: $0,
                role: "primary",
                host: "",
                values: [.cpuUsed: 0.5],
                disks: []
            )
        }
        return answer
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
                state.nodes = { _ throws(GESError) in Self.answer() }
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

    @Test("sends nothing and shows nothing unless it is configured")
    func off() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            try await fixture.pass(.seconds(600))
            #expect(Self.requests(fixture) == 0)
            #expect(fixture.metric(MetricCatalog.samples, "node_metrics") == nil)
            #expect(fixture.metric(MetricCatalog.nodeMetricsPaused, "throttled") == nil)
            #expect(fixture.metric(MetricCatalog.nodeMetricsSeries) == nil)
        }
    }

    @Test("that is never answered delays neither polls nor steps, and a hang is noticed")
    func stuck() throws {
        let fixture = try Self.fixture()
        try fixture.run { fixture in
            fixture.cloud.with { [time = fixture.time] state in
                state.nodes = { _ throws(GESError) in
                    try? await time.sleep(for: .seconds(86_400))
                    return NodeMetrics()
                }
            }
            try await fixture.begin()
            let polls = fixture.cloud.count(.list)
            try await fixture.pass(.seconds(300))
            #expect(fixture.cloud.count(.list) == polls + 10)
            #expect(Self.requests(fixture) == 2)
            try await fixture.hang()
        }
    }

    @Test("leaves a graph alone that hangs, until its restart is over")
    func hung() throws {
        let fixture = try Self.fixture { $0.interval = .seconds(30) }
        try fixture.run { fixture in
            fixture.cloud.with { state in
                state.nodes = { _ throws(GESError) in Self.answer() }
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

    @Test("that is throttled is followed by longer pauses, and by one line of the log")
    func throttled() throws {
        let fixture = try Self.fixture()
        try fixture.run(limit: .seconds(20_000)) { fixture in
            fixture.cloud.with { state in
                state.nodes = { _ throws(GESError) in throw .throttled(nil, retryAfter: nil) }
            }
            try await fixture.begin()
            try await fixture.pass(.seconds(7_200))
            // 2 + 4 + 8 + 16 + 32 + 32 minutes, each for two graphs.
            #expect((8...14).contains(Self.requests(fixture)), "\(Self.requests(fixture))")
            #expect(fixture.metric(MetricCatalog.nodeMetricsPaused, "throttled") == 1)
            #expect(fixture.lines("log: No graph tells of its nodes").count == 1)
            fixture.cloud.with { state in
                state.nodes = { _ throws(GESError) in Self.answer() }
            }
            try await fixture.pass(.seconds(3_600))
            #expect(fixture.metric(MetricCatalog.nodeMetricsPaused, "throttled") == 0)
            #expect(fixture.lines("log: The graphs tell").count == 1)
            #expect(Self.nodes(fixture) == 4)
        }
    }

    @Test("asks a graph that has no such metrics once an hour, and says how many there are")
    func unsupported() throws {
        let fixture = try Self.fixture()
        try fixture.run(limit: .seconds(20_000)) { fixture in
            fixture.cloud.with { state in
                state.nodes = { graph throws(GESError) in
                    guard graph == "h" else { return Self.answer() }
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

    @Test("begins and ends with a reload")
    func reload() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            fixture.cloud.with { state in
                state.nodes = { _ throws(GESError) in Self.answer() }
            }
            try await fixture.begin()
            let with = try LoopFixture.configuration {
                $0.configuration.sampling.nodeMetrics = NodeMetricsConfiguration()
            }
            #expect(await fixture.slot.offer(with) == .done)
            try await fixture.pass(.seconds(300))
            #expect(Self.nodes(fixture) == 4)
            #expect(await fixture.slot.offer(try LoopFixture.configuration()) == .done)
            let asked = Self.requests(fixture)
            try await fixture.pass(.seconds(600))
            #expect(Self.requests(fixture) == asked)
            #expect(Self.nodes(fixture) == 0)
            #expect(fixture.board.current.nodes.seriesCount == 0)
            #expect(fixture.metric(MetricCatalog.nodeMetricsSeries) == nil)
        }
    }
}
