import Diagnosis
import HTTPClient
import Remediation
import Series
import Synchronization
import Testing
import Time

@testable import Agent
@testable import GES

extension GESError {
    fileprivate static let timeout = GESError.http(
        HTTPError(.timeout, requestMayHaveBeenSent: true, message: "no answer")
    )
    fileprivate static let tooLarge = GESError.http(
        HTTPError(.responseTooLarge, requestMayHaveBeenSent: true, message: "too large")
    )
}

/// What the cloud says between the decision and the request.
private struct ChangedCloud: GraphOperations {
    let gatewayClockOffset: Duration? = nil
    var graph = Graph(id: "g", name: "orders", status: GraphStatus(code: "200"))
    var probes: [ProbeKind: ProbeResult] = [:]
    var jobs: Result<JobListing, GESError> = .success(JobListing(isComplete: true))
    var tasks: Result<[GraphTask], GESError> = .failure(.timeout)
    var queries: Result<RealTimeQueries, GESError> = .failure(.timeout)

    func graph(_ id: String) async throws(GESError) -> Graph { graph }

    func restart(_ id: String) async -> (ActionAnswer, quote: String?) {
        (.accepted(jobID: "j"), nil)
    }

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
    ) async throws(GESError) -> [GraphTask] { try tasks.get() }

    func realTimeQueries(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> RealTimeQueries { try queries.get() }
}

/// A cloud in which a person acts as soon as a probe is sent.
private final class PersonActing: GraphOperations {
    let gatewayClockOffset: Duration? = nil
    private let change: String
    private let hasActed = Mutex(false)

    init(_ change: String) {
        self.change = change
    }

    func graph(_ id: String) async throws(GESError) -> Graph {
        var graph = Graph(id: id, name: "orders", status: GraphStatus(code: "200"))
        guard hasActed.withLock({ $0 }) else { return graph }
        switch change {
        case "a tag": graph.tags = ["graphwarden": "off"]
        case "a status": graph = Graph(id: id, name: "orders", status: GraphStatus(code: "901"))
        case "a name": graph.name = "other"
        case "an outage": throw .timeout
        default: break
        }
        return graph
    }

    func restart(_ id: String) async -> (ActionAnswer, quote: String?) {
        (.accepted(jobID: "j"), nil)
    }

    func job(graphID: String, jobID: String) async throws(GESError) -> Job {
        throw .notJSON(status: 500)
    }

    func jobs(_ filter: JobFilter) async throws(GESError) -> JobListing {
        var listing = JobListing(isComplete: true)
        guard change == "a job", hasActed.withLock({ $0 }) else { return listing }
        var job = Job(id: "j", status: .running)
        job.name = "RestartGraph"
        job.relatedGraph = "orders"
        listing.jobs = [job]
        return listing
    }

    func probe(
        _ kind: ProbeKind,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ProbeResult {
        hasActed.withLock { $0 = true }
        return .silent(.timeout, duration: .seconds(10))
    }

    func runningTasks(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> [GraphTask] { throw .timeout }

    func realTimeQueries(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> RealTimeQueries { throw .timeout }
}

@Suite("The last look before a restart")
struct LastLookTests {
    private static let now = Timestamp(milliseconds: 100_000_000)

    private func objection(
        _ cloud: ChangedCloud,
        signs: [String] = ["version", "summary"],
        mode: Mode = .auto,
        modeNow: Mode? = .auto,
        hangClass: HangClass = .unresponsive,
        seen: SeenProgress? = nil
    ) async -> String? {
        var intent = Intent(
            request: RestartRequest(
                graphID: GraphID("g"),
                hangClass: hangClass,
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
        intent.seenProgress = seen
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

    @Test(
        "what a person does while silent probes are asked stops it",
        arguments: [
            ("a tag", "mode is now off"), ("a status", "901"), ("a name", "other"),
            ("a job", "job RestartGraph"), ("an outage", "could not be read again"),
        ]
    )
    func duringProbes(change: String, objection: String) async {
        let cloud = PersonActing(change)
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
        intent.signs = ["version", "summary", "jobs"]
        intent.mode = .auto
        let look = LastLook(
            cloud: cloud,
            dataPlane: DataPlaneConfiguration(),
            policy: { graph in
                var policy = Policy()
                policy.mode = graph.tags["graphwarden"] == "off" ? .off : .auto
                return policy
            },
            now: { Self.now }
        )
        let found = await look.objection(to: intent)
        #expect(found?.contains(objection) == true, "\(found ?? "nothing")")
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
    }

    @Test("a list of jobs that cannot be read stops it only if it could be read for the decision")
    func unreadableJobs() async {
        let signs = ["version", "summary"]
        for jobs in [Result.success(JobListing()), .failure(GESError.timeout)] {
            let cloud = ChangedCloud(jobs: jobs)
            #expect(await objection(cloud, signs: signs) == nil)
            #expect(await objection(cloud, signs: signs + ["jobs"])?.contains("jobs") == true)
        }
        // What an incomplete list does hold counts.
        var job = Job(id: "j", status: .running)
        job.relatedGraph = "orders"
        let running = ChangedCloud(jobs: .success(JobListing(jobs: [job])))
        #expect(await objection(running, signs: signs)?.contains("job j is running") == true)
    }

    @Test("a job without a begin time holds from when it was first seen, and not for ever")
    func undatedJob() async {
        var job = Job(id: "j", status: .pending)
        job.relatedGraph = "orders"
        let cloud = ChangedCloud(jobs: .success(JobListing(jobs: [job], isComplete: true)))
        func seen(_ minutes: Int) -> SeenProgress {
            let since = Self.now - .seconds(60 * minutes)
            return SeenProgress(jobs: [.init(id: "j", progress: nil, since: since)])
        }
        #expect(await objection(cloud)?.contains("job j is running") == true)
        #expect(await objection(cloud, seen: seen(119))?.contains("job j is running") == true)
        #expect(await objection(cloud, seen: seen(121)) == nil)
    }

    @Test(
        "work that has come further since the decision stops it, and other work does not",
        arguments: [HangClass.unresponsive, .importing, .exporting, .clearing]
    )
    func tasks(hangClass: HangClass) async {
        let status = GraphStatus(code: hangClass.expectedStatusCode)
        func found(_ tasks: Result<[GraphTask], GESError>, signs: [String] = []) async -> String? {
            var cloud = ChangedCloud(tasks: tasks)
            cloud.graph = Graph(id: "g", name: "orders", status: status)
            let seen = SeenProgress(tasks: [.init(id: "t", progress: 0.5)])
            return await objection(cloud, signs: signs, hangClass: hangClass, seen: seen)
        }
        func task(_ id: String, _ progress: Double?) -> GraphTask {
            GraphTask(id: id, state: .running, progressRatio: progress)
        }
        #expect(await found(.success([task("t", 0.5)])) == nil)
        #expect(await found(.success([task("t", nil), task("new", 0.9)])) == nil)
        #expect(await found(.success([task("t", 0.51)]))?.contains("task t advanced") == true)
        #expect(await found(.success([task("new", 0)]))?.contains("task t ended") == true)
        // A graph that does not answer lists none, and what is hidden may have advanced.
        #expect(await found(.failure(.timeout)) == nil)
        #expect(await found(.failure(.tooLarge))?.contains("could not be read") == true)
        // Tasks on which an import was judged must be seen again.
        #expect(await found(.failure(.timeout), signs: ["tasks"])?.contains("tasks") == true)
    }

    @Test("queries that have come further stop it, but not those that the front end ended")
    func queries() async {
        func found(_ queries: [(String, Double?)], _ hangClass: HangClass = .unresponsive) async
            -> String?
        {
            var answer = RealTimeQueries(
                readRunning: 1,
                readWaiting: 0,
                writeRunning: 0,
                writeWaiting: 0,
                queries: []
            )
            answer.queries = queries.map { id, progress in
                var query = RealTimeQueries.Query(
                    taskName: nil,
                    requestID: id,
                    status: "running",
                    runningSeconds: 1,
                    pendingSeconds: 0
                )
                query.progressRatio = progress
                return query
            }
            var cloud = ChangedCloud(queries: .success(answer))
            cloud.graph.status = GraphStatus(code: hangClass.expectedStatusCode)
            let seen = SeenProgress(queries: [
                .init(id: "half", progress: 0.5), .init(id: "none", progress: 0),
                .init(id: "hidden", progress: nil),
            ])
            return await objection(cloud, hangClass: hangClass, seen: seen)
        }
        let half = ("half", 0.5)
        #expect(await found([half, ("none", 0), ("hidden", nil)]) == nil)
        #expect(await found([half]) == nil)
        #expect(await found([("none", 0)])?.contains("query half ended") == true)
        #expect(await found([half, ("none", 0.1)])?.contains("query none advanced") == true)
        #expect(await found([], .importing) == nil)
    }

    @Test("a management job on whose progress the decision rests must stand still")
    func jobProgress() async {
        func found(_ jobs: [(id: String, lines: Int)]) async -> String? {
            let jobs = jobs.map { entry in
                var job = Job(id: entry.id, status: .running)
                job.name = "ImportGraph"
                job.relatedGraph = "orders"
                job.progressText = "\(entry.lines)"
                return job
            }
            var cloud = ChangedCloud(jobs: .success(JobListing(jobs: jobs, isComplete: true)))
            cloud.graph.status = GraphStatus(code: "202")
            let seen = SeenProgress(jobs: [.init(id: "j", progress: "7", since: Self.now)])
            return await objection(cloud, signs: ["jobs"], hangClass: .importing, seen: seen)
        }
        #expect(await found([("j", 7)]) == nil)
        #expect(await found([("j", 8)])?.contains("job j advanced") == true)
        #expect(await found([])?.contains("job j ended") == true)
    }
}
