import JSON
import Testing
import Time

@testable import GESSimulator

/// What the control interface does to networks, addresses, lists and single operations.
@Suite("A condition of the simulated cloud")
struct ConditionTests {
    private static let summary = "/ges/v1.0/PID/graphs/NAME/summary"
    private static let version = "/ges/v1.0/PID/graphs/NAME/version"
    private static let graphs = "/v2/PID/graphs"
    private static let jobs = "/v2/PID/graphs/jobs?status=running"

    private func control(
        _ fixture: inout CloudFixture,
        _ operation: String,
        _ members: [JSONMember] = [],
        at offset: Duration = .zero
    ) {
        let onGraph = SimulatedCloud.controlOperationsOnGraphs.contains(operation)
        let problem = fixture.cloud.control(
            operation,
            graph: onGraph ? fixture.graphID : nil,
            members,
            at: fixture.instant(offset)
        )
        #expect(problem == nil)
    }

    private func list(_ fixture: inout CloudFixture, _ path: String) throws -> JSONValue {
        try #require(fixture.send("GET", path).answer?.document)
    }

    private func connection(
        _ fixture: CloudFixture,
        port: Int = 80,
        address: String = "127.0.0.1"
    ) -> NetworkFault.Manner? {
        let request = CloudRequest(
            "GET",
            "/ges/v1.0/\(fixture.project)/graphs/\(fixture.graph.name)/summary",
            headers: [("Host", "\(address):\(port)")],
            entrance: .dataPlane
        )
        return fixture.cloud.connectionFault(for: request, port: port, at: CloudFixture.start)
    }

    @Test(
        "of the network meets the connections that it names",
        arguments: [
            ([JSONMember](), true), ([JSONMember("subnet", "other")], false),
            ([JSONMember("kind", "private")], true), ([JSONMember("kind", "physical")], false),
            ([JSONMember("port", 80)], true), ([JSONMember("port", 81)], false),
            ([JSONMember("address", "127.0.0.1")], true),
            ([JSONMember("address", "127.0.0.2")], false),
        ]
    )
    func network(members: [JSONMember], isMet: Bool) {
        var fixture = CloudFixture()
        control(&fixture, "network", [JSONMember("manner", "refused")] + members)
        #expect(connection(fixture) == (isMet ? .refused : nil))
        control(&fixture, "end_network")
        #expect(connection(fixture) == nil)
    }

    @Test("of one operation leaves the others alone, and a restart ends it")
    func oneOperation() {
        var fixture = CloudFixture()
        control(
            &fixture,
            "manner",
            [JSONMember("manner", "silent"), JSONMember("operations", ["summary"])]
        )
        #expect(fixture.send("GET", Self.summary).answer == nil)
        #expect(fixture.send("GET", Self.version).answer?.status == 200)
        control(&fixture, "restart")
        #expect(fixture.send("GET", Self.summary, at: .seconds(60)).answer?.status == 200)
    }

    @Test("of a hang may leave operations that answer")
    func answeringHang() {
        var fixture = CloudFixture()
        control(&fixture, "hang", [JSONMember("answers", ["version"])])
        #expect(fixture.send("GET", Self.summary).answer == nil)
        #expect(fixture.send("GET", Self.version).answer?.status == 200)
    }

    @Test(
        "of a graph shows in how connections fail",
        arguments: [("refusing", NetworkFault.Manner.refused), ("unreachable", .timeout)]
    )
    func connections(manner: String, fault: NetworkFault.Manner) {
        var fixture = CloudFixture()
        control(&fixture, "hang", [JSONMember("manner", .string(manner))])
        #expect(connection(fixture) == fault)
    }

    @Test("of an address lets somebody else answer")
    func occupants() {
        var fixture = CloudFixture()
        let header = [("Host", "127.0.0.1:80"), ("X-Auth-Token", fixture.token)]
        control(&fixture, "occupant", [JSONMember("by", "balancer")])
        #expect(fixture.send("GET", Self.summary, headers: header).answer?.status == 502)
        let other = fixture.cloud.graphs[1].name
        control(&fixture, "occupant", [JSONMember("by", .string(other))])
        let answer = fixture.send("GET", Self.summary, headers: header).answer
        #expect(answer?.status == 400)
        #expect(answer?.document?["errorCode"] == "GES.8001")
        control(&fixture, "occupant", [JSONMember("by", "nobody")])
        #expect(fixture.send("GET", Self.summary, headers: header).answer?.status == 200)
    }

    @Test("of the credential is refused by every data plane")
    func refusedToken() {
        var fixture = CloudFixture()
        control(&fixture, "data_plane", [JSONMember("refuses", ["token"])])
        let answer = fixture.send("GET", Self.summary).answer
        #expect(answer?.document?["errorCode"] == "GES.8007")
        #expect(fixture.send("GET", Self.graphs).answer?.status == 200)
    }

    @Test("of the listing hides subnets that the detail shows")
    func hiddenSubnets() throws {
        var fixture = CloudFixture()
        control(&fixture, "listing", [JSONMember("omits_network", true)])
        let listed = try list(&fixture, Self.graphs)["graphs"]?.arrayValue?.first
        #expect(listed?["subnet_id"] == nil)
        #expect(listed?["private_ip"] != nil)
        let detail = try list(&fixture, "/v2/PID/graphs/GID")["graph"]
        #expect(detail?["subnet_id"] != nil)
    }

    @Test(
        "of a list changes its entries and its total",
        arguments: [
            (Fault.ListLie.empty, 0, 0), (.partial(items: 2), 2, 5), (.stale(age: .zero), 5, 5),
        ]
    )
    func lists(lie: Fault.ListLie, entries: Int, total: Int) throws {
        var fixture = CloudFixture()
        fixture.cloud.faults.schedule(
            ScheduledFault(.list(lie), on: FaultMatch(operation: .listGraphs))
        )
        let listing = try list(&fixture, Self.graphs)
        #expect(listing["graphs"]?.arrayValue?.count == entries)
        #expect(listing["graph_count"] == .integer(Int64(total)))
    }

    @Test("of a listing lacks one graph, or shows yesterday's status")
    func lies() throws {
        var fixture = CloudFixture()
        control(&fixture, "status", [JSONMember("status", "204")])
        fixture.cloud.faults.schedule(ScheduledFault(.list(.stale(age: .seconds(86_400)))))
        let stale = try list(&fixture, Self.graphs)["graphs"]?.arrayValue?.first
        #expect(stale?["status"] == "200")
        fixture.cloud.faults.cancelAll()
        fixture.cloud.faults.schedule(ScheduledFault(.list(.lacking([fixture.graphID]))))
        #expect(try list(&fixture, Self.graphs)["graphs"]?.arrayValue?.count == 4)
    }

    @Test("of jobs shows those of other people, filtered or not")
    func jobs() throws {
        var fixture = CloudFixture()
        control(&fixture, "job", [JSONMember("name", "UpgradeGraph")])
        control(
            &fixture,
            "job",
            [
                JSONMember("name", "ImportGraph"), JSONMember("seconds", 0),
                JSONMember("failure", "bad file"),
            ]
        )
        #expect(try list(&fixture, Self.jobs)["job_list"]?.arrayValue?.count == 1)
        fixture.cloud.faults.schedule(ScheduledFault(.list(.unfiltered)))
        #expect(try list(&fixture, Self.jobs)["job_list"]?.arrayValue?.count == 2)
    }

    @Test("of work advances in steps, and stands still after a stall")
    func steps() {
        var fixture = CloudFixture()
        control(
            &fixture,
            "work",
            [JSONMember("seconds", 1000), JSONMember("step_seconds", 250)]
        )
        func progress(at offset: Duration) -> Int? {
            fixture.graph.tasks.first?.progressPercent(at: fixture.instant(offset))
        }
        #expect(progress(at: .seconds(249)) == 0)
        #expect(progress(at: .seconds(250)) == 25)
        #expect(progress(at: .seconds(760)) == 75)
        control(&fixture, "stall", at: .seconds(300))
        #expect(progress(at: .seconds(5000)) == 25)
        #expect(fixture.graph.hangClass(at: fixture.instant(.seconds(5000))) == .importing)
    }

    @Test("of queries replaces them, or lets them run forever")
    func queries() {
        let start = CloudFixture.start
        let still = QueryLoad(count: 2, since: start, change: nil)
        #expect(still.queries(at: start) == still.queries(at: start + .seconds(999)))
        let moving = QueryLoad(count: 2, since: start, change: .seconds(60))
        let later = moving.queries(at: start + .seconds(59))
        #expect(moving.queries(at: start).map(\.id) == later.map(\.id))
        #expect(later.allSatisfy { $0.progress > 0.9 })
        let killed = QueryLoad(count: 2, since: start, change: .seconds(60), isKilled: true)
        #expect(killed.queries(at: start + .seconds(59)).allSatisfy { $0.progress == 0 })
        #expect(moving.queries(at: start) != moving.queries(at: start + .seconds(60)))
    }
}
