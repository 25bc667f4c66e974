import Agent
import GES
import FaultPlans
import GESSimulator
import InProcessCloud
import Rehearsal
import Testing
import VirtualTime

@Suite("The client that reads values agrees with the one over HTTP")
struct DirectClientTests {
    enum Form {
        case http, direct

        func reader(
            _ cloud: InProcessCloud,
            _ proof: ClientTests.Proof = .password,
            _ version: GES.APIVersion = .v2
        ) throws -> any CloudClient {
            let client = try cloud.client(
                credentials: proof.credentials(cloud),
                apiVersion: version,
                // Reads of values are not rate-limited.
                rateLimits: [:]
            )
            return switch self {
            case .http: client
            case .direct: DirectClient(cloud, client: client, apiVersion: version)
            }
        }
    }

    /// Polls everything every 30 seconds, and sometimes restarts a graph.
    private func watch(
        _ form: Form,
        _ plan: FaultPlan,
        lasting duration: Duration,
        _ proof: ClientTests.Proof,
        _ version: GES.APIVersion
    ) throws -> (lines: [String], requests: Int) {
        let time = VirtualTime()
        time.trace.keep(1_000_000)
        let cloud = InProcessCloud(time: time, latencies: .none)
        try time.run {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await plan.play(on: cloud) }
                group.addTask {
                    do {
                        let reader = try form.reader(cloud, proof, version)
                        var watcher = ScriptedWatcher(cloud: cloud, reader: reader)
                        try await watcher.run(until: duration)
                    } catch {
                        Issue.record("\(error)")
                    }
                }
                for await _ in group {}
            }
        }
        return (time.trace.newest(1_000_000), cloud.withCloud { cloud, _ in cloud.log.total })
    }

    private func compare(
        _ plan: FaultPlan,
        lasting duration: Duration,
        _ proof: ClientTests.Proof = .password,
        version: GES.APIVersion = .v2
    ) throws -> (http: Int, direct: Int) {
        let http = try watch(.http, plan, lasting: duration, proof, version)
        let direct = try watch(.direct, plan, lasting: duration, proof, version)
        #expect(http.lines.count == direct.lines.count)
        if let place = zip(http.lines, direct.lines).enumerated().first(where: { $1.0 != $1.1 }) {
            Issue.record(
                """
                line \(place.offset) over HTTP:
                \(http.lines[max(0, place.offset - 3)...place.offset].joined(separator: "\n"))
                and direct:
                \(place.element.1)
                under this plan:
                \(plan)
                """
            )
        }
        return (http.requests, direct.requests)
    }

    @Test("in a healthy cloud, and sends almost nothing", arguments: [GES.APIVersion.v1, .v2])
    func well(version: GES.APIVersion) throws {
        let requests = try compare(FaultPlan([]), lasting: .seconds(1800), version: version)
        #expect(requests.http > 1500)
        #expect(requests.direct < 50)
    }

    /// Two days of faults, compressed to one hour.
    @Test(
        "under every trouble, whatever the client proves itself with",
        arguments: zip(1...4 as ClosedRange<UInt64>, ClientTests.Proof.allCases)
    )
    func troubles(seed: UInt64, proof: ClientTests.Proof) throws {
        let span = Duration.seconds(3600)
        let plan = FaultPlan(
            seed: seed,
            graphs: 5,
            lasting: span,
            rates: .typical.scaled(by: 48)
        )
        let requests = try compare(plan, lasting: span, proof)
        #expect(requests.direct < requests.http)
    }
}

extension DirectClientTests {
    @Test("over days, renewing its token in time, with no request refused")
    func tokenRenewal() throws {
        let time = VirtualTime()
        let cloud = InProcessCloud(time: time)
        try time.run {
            let client = DirectClient(cloud, client: try cloud.client())
            while time.now < .seconds(60 * 3600) {
                _ = try await client.listGraphs()
                _ = try await client.jobs(JobFilter(status: .running))
                try await time.sleep(for: .seconds(120))
            }
        }
        let statuses = cloud.withCloud { cloud, _ in cloud.log.records.map(\.status) }
        #expect(statuses.allSatisfy { $0 == 200 || $0 == 201 })
        #expect(statuses.filter { $0 == 201 }.count == 3)
        #expect(statuses.count < 600)
    }

    @Test("on a cancelled read, which takes no time")
    func cancellation() throws {
        for form in [Form.http, .direct] {
            let time = VirtualTime()
            let cloud = InProcessCloud(time: time)
            let outcomes = try time.run {
                let reader = try form.reader(cloud)
                let graph = try #require(try await reader.listGraphs().graphs.first)
                let start = time.now
                let outcomes = await withTaskGroup(of: String.self) { group in
                    group.addTask {
                        await Self.reason { () throws(GESError) in try await reader.listGraphs() }
                    }
                    group.addTask {
                        let result = await reader.probe(
                            .version,
                            of: graph,
                            dataPlane: cloud.dataPlane()
                        )
                        return if case .cannotTell(_, let answer) = result { answer.text } else {
                            "probed"
                        }
                    }
                    try? await time.sleep(for: .microseconds(10))
                    group.cancelAll()
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(time.now - start == .microseconds(10))
                return outcomes
            }
            #expect(outcomes == ["cancelled", "cancelled"])
        }
    }

    private static func reason(
        _ body: () async throws(GESError) -> GraphListing
    ) async -> String {
        do throws(GESError) {
            _ = try await body()
            return "listed"
        } catch {
            return error.reason
        }
    }
}

/// Sends all requests in turn and records the outcomes.
struct ScriptedWatcher {
    let cloud: InProcessCloud
    let reader: any CloudClient
    private var known: [Graph] = []
    private var jobs: [(graph: String, job: String)] = []

    init(cloud: InProcessCloud, reader: any CloudClient) {
        self.cloud = cloud
        self.reader = reader
    }

    mutating func run(until end: Duration) async throws {
        var round = 0
        while cloud.time.now < end {
            await poll()
            if round % 60 == 59 { await restart(round / 60) }
            round += 1
            // In integers, because a quotient of durations is rounded.
            let next = cloud.time.now.components.seconds / 30 + 1
            try await cloud.time.sleep(for: .seconds(30 * next) - cloud.time.now)
        }
    }

    private mutating func poll() async {
        let listing = await outcome { () throws(GESError) in try await reader.listGraphs() }
        note("graphs", listing)
        if case .success(let listing) = listing { known = listing.graphs }
        note(
            "jobs",
            await outcome { () throws(GESError) in
                try await reader.jobs(JobFilter(status: .running))
            }
        )
        if let offset = reader.gatewayClockOffset {
            cloud.time.trace.record("offset \(offset)")
        }
        for graph in known { await poll(graph) }
        for (graph, job) in jobs.suffix(2) {
            note(
                "job",
                await outcome { () throws(GESError) in
                    try await reader.job(graphID: graph, jobID: job)
                }
            )
        }
    }

    private func poll(_ graph: Graph) async {
        let dataPlane = cloud.dataPlane()
        note("graph", await outcome { () throws(GESError) in try await reader.graph(graph.id) })
        for kind in ProbeKind.allCases {
            let result = await reader.probe(kind, of: graph, dataPlane: dataPlane)
            cloud.time.trace.record("\(kind) \(result)")
        }
        note(
            "tasks",
            await outcome { () throws(GESError) in
                try await reader.runningTasks(of: graph, dataPlane: dataPlane)
            }
        )
        note(
            "queries",
            await outcome { () throws(GESError) in
                try await reader.realTimeQueries(of: graph, dataPlane: dataPlane)
            }
        )
    }

    private mutating func restart(_ number: Int) async {
        guard !known.isEmpty else { return }
        let graph = known[number % known.count].id
        let (answer, _) = await reader.restart(graph)
        switch answer {
        case .accepted(let job):
            cloud.time.trace.record("accepted \(job ?? "-")")
            if let job { jobs.append((graph, job)) }
        case .refused(let failure): cloud.time.trace.record("refused \(failure.code ?? "-")")
        case .unauthorised(let failure): cloud.time.trace.record("unauthorised \(failure.status)")
        case .throttled(let pause): cloud.time.trace.record("throttled \(pause ?? .zero)")
        case .notSent(let error): cloud.time.trace.record("not sent \(error.reason)")
        case .unknown(let error): cloud.time.trace.record("unknown \(error.reason)")
        }
    }

    private func outcome<Value>(
        _ body: () async throws(GESError) -> Value
    ) async -> Result<Value, GESError> {
        do throws(GESError) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }

    /// Errors without request ids, which the two clients count differently.
    private func note<Value>(_ question: String, _ outcome: Result<Value, GESError>) {
        let text =
            switch outcome {
            case .success(let graph as Graph): describe(graph)
            case .success(let listing as GraphListing):
                "\(listing.isComplete) \(listing.graphs.map(describe))"
            case .success(let value): "\(value)"
            case .failure(let error): "failed: \(error.reason) \(error.code ?? "-")"
            }
        cloud.time.trace.record("\(cloud.time.now) \(question) \(text)")
    }

    /// A dictionary has no defined order.
    private func describe(_ graph: Graph) -> String {
        var graph = graph
        let tags = graph.tags.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        graph.tags = [:]
        return "\(graph) \(tags)"
    }
}
