import GES
import FaultPlans
import GESSimulator
import InProcessCloud
import Testing
import Time
import VirtualTime

@Suite("A fault plan")
struct FaultPlanTests {
    private func plan(
        _ seed: UInt64,
        graphs: Int = 10,
        days: Int = 3,
        _ rates: FaultRates = .typical
    ) -> FaultPlan {
        FaultPlan(seed: seed, graphs: graphs, lasting: .seconds(86_400 * days), rates: rates)
    }

    @Test("is determined by the seed alone")
    func seeds() {
        #expect(plan(1) == plan(1))
        #expect(plan(1) != plan(2))
    }

    /// A literal, so that other builds and machines are compared.
    @Test("is the same in every process")
    func sameEverywhere() {
        let lines = "\(plan(7, graphs: 3, days: 1))".split(separator: "\n")
        #expect(lines.count == 36)
        #expect(lines.first == "9267.378s lag graph=1 by=265.153s")
    }

    @Test("round-trips through its text", arguments: 0..<50 as Range<UInt64>)
    func text(seed: UInt64) throws {
        let plan = plan(seed, rates: .typical.scaled(by: 3))
        #expect(try FaultPlan(text: "\(plan)") == plan)
    }

    private func plan(_ seed: UInt64, rates: FaultRates) -> FaultPlan {
        plan(seed, graphs: 10, days: 3, rates)
    }

    @Test("has every kind of event, ordered by time, within its duration")
    func kinds() {
        let plan = plan(3, graphs: 10, days: 10)
        let verbs = Set(plan.entries.map { "\($0)".split(separator: " ")[1] })
        #expect(
            verbs == [
                "hang", "heal", "manner", "status", "lag", "work", "fault", "outage",
                "revocation", "password", "wall_jump", "gateway_clock",
            ]
        )
        let times = plan.entries.map(\.time)
        #expect(times == times.sorted())
        // Events may end after the duration.
        #expect(times.allSatisfy { $0 >= .zero && $0 < .seconds(86_400 * 10 + 7200) })
    }

    @Test("has as many events as its rates specify, and none without rates")
    func rates() {
        #expect(plan(1, graphs: 10, days: 10, .none).entries.isEmpty)
        let hangs = plan(1, graphs: 10, days: 10, FaultRates([.hang: 0.5])).entries.filter {
            if case .hang = $0.event { true } else { false }
        }
        #expect(hangs.count == 50)
    }

    /// Allows a failing plan to be shortened kind by kind.
    @Test("keeps its other entries if a kind is omitted")
    func independentKinds() {
        let whole = plan(5)
        for kind in FaultKind.allCases {
            var rates = FaultRates.typical
            rates[kind] = 0
            let part = plan(5, rates: rates)
            #expect(part.entries.count < whole.entries.count, "\(kind)")
            let rest = part.entries.filter { !whole.entries.contains($0) }
            #expect(rest.isEmpty, "\(kind)")
        }
    }

    @Test("can be written by hand")
    func handWritten() throws {
        let plan = try FaultPlan(
            text: """
                # the second graph hangs, and its restart is lost
                60.000s hang graph=1 class=import restarts=1
                30.000s fault kind=hang on=restart_graph carried_out=yes count=1 lasting=600.000s

                """
        )
        #expect(
            plan.entries == [
                .init(
                    at: .seconds(30),
                    .fault(.hang, .restartGraph, carriedOut: true, count: 1, lasting: .seconds(600))
                ),
                .init(at: .seconds(60), .hang(graph: 1, .importing, restarts: 1)),
            ]
        )
    }

    @Test(
        "says which line it cannot read",
        arguments: [
            "hang graph=1 class=import", "5s hang graph=1 class=sleep", "5s hang class=import",
            "5s dance", "5s work graph=1 kind=import", "5s fault kind=hang on=nothing lasting=1s",
            "5s lag graph=1 by=soon", "5s hang graph", "infs revocation",
        ]
    )
    func broken(line: String) {
        let error = #expect(throws: FaultPlanError.self) {
            try FaultPlan(text: "1s revocation\n" + line)
        }
        #expect(error?.line == line)
    }

    @Test("applies every entry at its time")
    func play() throws {
        let plan = try FaultPlan(
            text: """
                10s hang graph=0 class=unresponsive restarts=2
                20s manner graph=1 manner=slow by=3s
                30s status graph=2 code=300
                40s lag graph=3 by=60s
                45s status graph=3 code=300
                50s work graph=4 kind=export lasting=100s
                60s fault kind=throttled retry_after=9 on=list_graphs count=2 lasting=50s
                70s outage manner=drop service=iam lasting=30s
                80s revocation
                101s password right=no
                106s password right=yes
                110s wall_jump by=-3600s
                120s gateway_clock error=5s
                130s heal graph=0
                140s hang graph=99 class=import
                """
        )
        let time = VirtualTime(wallMilliseconds: 0)
        let cloud = InProcessCloud(time: time)
        try time.run {
            await withDiscardingTaskGroup { group in
                group.addTask { await plan.play(on: cloud) }
                group.addTask { try? await check(cloud) }
            }
            #expect(time.now == .seconds(140))
        }
        #expect(time.trace.count == plan.entries.count)
        #expect(time.trace.newest(1) == ["plan: \(plan.entries[14])"])
    }

    private func check(_ cloud: InProcessCloud) async throws {
        let time = cloud.time
        func status(_ graph: Int) -> String {
            cloud.withCloud { cloud, now in cloud.graphs[graph].reportedStatus(at: now).rawValue }
        }
        func answersProbes(_ graph: Int) -> Bool {
            cloud.withCloud { cloud, now in
                let graph = cloud.graphs[graph]
                return cloud.dataPlaneState(
                    ofGraph: graph.id,
                    named: graph.name,
                    at: graph.privateIP,
                    for: .showVersion,
                    at: now
                ) != nil
            }
        }
        func isPasswordAccepted() async throws -> Bool {
            let id = cloud.withCloud { cloud, _ in cloud.graphs[4].id }
            do {
                _ = try await cloud.client().graph(id)
                return true
            } catch let error as GESError {
                guard case .credentials = error else { throw error }
                return false
            }
        }
        func expect(_ holds: @Sendable (SimulatedCloud, Timestamp) -> Bool) {
            #expect(cloud.withCloud { cloud, now in holds(cloud, now) }, "at \(time.now)")
        }
        try await time.sleep(for: .seconds(15))
        expect { cloud, now in cloud.graphs[0].hangClass(at: now) == .unresponsive }
        #expect(answersProbes(1))
        try await time.sleep(for: .seconds(10))
        #expect(!answersProbes(1))
        try await time.sleep(for: .seconds(10))
        #expect(status(2) == "300")
        try await time.sleep(for: .seconds(20))
        #expect(status(4) == "204")
        #expect(status(3) == "200")
        try await time.sleep(for: .seconds(10))
        expect { cloud, now in
            cloud.faults.scheduled.map(\.fault.fault) == [.throttled(.seconds(9))]
                && cloud.faults.scheduled.first?.fault.until == now + .seconds(45)
        }
        try await time.sleep(for: .seconds(10))
        expect { cloud, now in
            cloud.outage?.services == [.iam] && cloud.outage?.manner == .drop
                && cloud.outage?.until == now + .seconds(25)
        }
        let token = cloud.withCloud { cloud, now in cloud.issueToken(at: now) }
        try await time.sleep(for: .seconds(10))
        expect { cloud, now in cloud.tokenEnd(token, at: now) == nil }
        try await time.sleep(for: .seconds(18))
        #expect(try await !isPasswordAccepted())
        try await time.sleep(for: .seconds(5))
        #expect(try await isPasswordAccepted())
        #expect(status(3) == "300")
        try await time.sleep(for: .seconds(115) - time.now)
        #expect(time.wallMilliseconds == 115_000 - 3_600_000)
        try await time.sleep(for: .seconds(10))
        expect { cloud, _ in cloud.clockError == .seconds(5) }
        try await time.sleep(for: .seconds(10))
        expect { cloud, now in cloud.graphs[0].hangClass(at: now) == nil }
    }
}
