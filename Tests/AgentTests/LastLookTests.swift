import Diagnosis
import Remediation
import Series
import Testing
import Time

@testable import Agent
@testable import GES

/// What the cloud says between the decision and the request.
private struct ChangedCloud: GraphOperations {
    let gatewayClockOffset: Duration? = nil
    var graph = Graph(id: "g", name: "orders", status: GraphStatus(code: "200"))
    var probes: [ProbeKind: ProbeResult] = [:]
    var jobs: Result<JobListing, GESError> = .success(JobListing(isComplete: true))

    func graph(_ id: String) async throws(GESError) -> Graph { graph }

    func restart(_ id: String) async -> ActionAnswer { .accepted(jobID: "j") }

    func job(graphID: String, jobID: String) async throws(GESError) -> Job {
        throw .notJSON(status: 500)
    }

    func jobs(_ filter: JobFilter) async throws(GESError) -> JobListing { try jobs.get() }

    func probe(
        _ kind: ProbeKind,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ProbeResult {
        probes[kind] ?? .silent(.timeout, duration: .seconds(10))
    }

    func runningTasks(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> [GraphTask] { [] }
}

@Suite("The last look before a restart")
struct LastLookTests {
    private static let now = Timestamp(milliseconds: 100_000_000)

    private func objection(
        _ cloud: ChangedCloud,
        signs: [String] = ["version", "summary"],
        mode: Mode = .auto,
        modeNow: Mode? = .auto
    ) async -> String? {
        var intent = Intent(
            request: RestartRequest(
                graphID: GraphID("g"),
                hangClass: .unresponsive,
                alertname: "A",
                reason: "r",
                activeAt: Self.now
            ),
            graphName: "orders",
            attempt: 1,
            createdAt: Self.now
        )
        intent.signs = signs
        intent.mode = mode
        let look = LastLook(
            cloud: cloud,
            dataPlane: DataPlaneConfiguration(),
            policy: { _ in
                modeNow.map { mode in
                    var policy = Policy()
                    policy.mode = mode
                    return policy
                }
            },
            now: { Self.now }
        )
        return await look.objection(to: intent)
    }

    @Test("finds nothing if nothing differs")
    func nothing() async {
        #expect(await objection(ChangedCloud()) == nil)
        let answer = ProbeAnswer(duration: .zero, text: "500 GES.8601")
        let engine = ChangedCloud(probes: [.summary: .engineError(answer)])
        #expect(await objection(engine) == nil)
    }

    @Test(
        "any sign of the verdict that is alive or cannot tell stops it by name",
        arguments: ["version", "summary", "gremlin", "cypher"]
    )
    func signs(sign: String) async throws {
        let kind = try #require(ProbeKind(rawValue: sign))
        let answer = ProbeAnswer(duration: .zero, text: "what came back")
        let all = ["version", "summary", "gremlin", "cypher"]
        for result in [ProbeResult.alive(answer)]
            + ProbeResult.Obstacle.allCases.map({ .cannotTell($0, answer) })
        {
            let cloud = ChangedCloud(probes: [kind: result])
            let found = await objection(cloud, signs: all)
            #expect(found?.contains("probe \(sign)") == true, "\(result): \(found ?? "nothing")")
            // A sign on which the verdict does not rest is not asked.
            #expect(await objection(cloud, signs: all.filter { $0 != sign }) == nil)
        }
    }

    @Test("another mode stops it by name")
    func mode() async {
        for mode in [Mode.off, .shadow, .approve] {
            let found = await objection(ChangedCloud(), modeNow: mode)
            #expect(found?.contains("mode is now \(mode.rawValue)") == true)
        }
        #expect(await objection(ChangedCloud(), modeNow: nil)?.contains("unselected") == true)
    }

    @Test("another name or status stops it")
    func description() async {
        var cloud = ChangedCloud()
        cloud.graph.name = "other"
        #expect(await objection(cloud) != nil)
        for status in ["201", "202", "300", "900", "901", "903", "920", "999"] {
            let changed = Graph(id: "g", name: "orders", status: GraphStatus(code: status))
            #expect(await objection(ChangedCloud(graph: changed)) != nil, "\(status)")
        }
    }

    @Test("a management job of the graph that runs stops it, and no other job does")
    func jobs() async {
        func job(
            _ status: Job.Status,
            graph: String = "orders",
            ageMinutes: Int = 1
        ) -> ChangedCloud {
            var job = Job(id: "j", status: status)
            job.name = "Upgrade"
            job.relatedGraph = graph
            job.beginTime = Self.now - .seconds(60 * ageMinutes)
            return ChangedCloud(jobs: .success(JobListing(jobs: [job], isComplete: true)))
        }
        for status in [Job.Status.running, .pending] {
            #expect(await objection(job(status))?.contains("job Upgrade") == true)
            #expect(await objection(job(status, graph: "other")) == nil)
            // One that never ends holds nothing for ever.
            #expect(await objection(job(status, ageMinutes: 121)) == nil)
        }
        // Even if the service ignores the filter.
        for status in [Job.Status.success, .failed, .partiallyFailed, .other("x")] {
            #expect(await objection(job(status)) == nil)
        }
        let partial = ChangedCloud(jobs: .success(JobListing()))
        #expect(await objection(partial)?.contains("not complete") == true)
    }
}
