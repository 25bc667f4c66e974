import Agent
import Synchronization
import Time
import VirtualTime

@testable import GES

/// The agent's requests to the cloud.
enum CloudCall: Hashable, Sendable {
    case list, runningJobs, endedJobs
    case probe(String)
    case graph(String)
    case restart(String)
    case job(String)
    case search(String)
    case tasks(String)
}

/// A scripted cloud. Every call first awaits `before`, in which a test can delay the cloud or
/// trigger an event at that moment.
final class LoopCloud: GraphSource, GraphOperations, CloudEyeSource, NodeMetricsSource {
    struct State {
        /// Names by id.
        var graphs = ["g": "orders", "h": "users"]
        var status: [String: String] = [:]
        /// Graphs whose probes time out.
        var silent: Set<String> = []
        var canList = true
        /// Graphs that the listing lacks, which is not complete then.
        var unlisted: Set<String> = []
        var answer = ActionAnswer.accepted(jobID: "job-1")
        var job = Job.Status.success
        /// What the job list of the last month has; nil if it cannot be read.
        var ended: [Job]? = []
        var before: @Sendable (CloudCall) async -> Void = { _ in }
        var calls: [CloudCall] = []
        /// What Cloud Eye answers to queries; nil for nothing but empty answers.
        var cloudEye: (@Sendable ([CloudEyeSeries]) async throws(GESError) -> CloudEyeAnswer)?
        var cloudEyeQueries: [[CloudEyeSeries]] = []
        /// What a graph says of its nodes; nil for a graph that says nothing.
        var nodes: (@Sendable (String) async throws(GESError) -> NodeMetrics)?
        /// The graphs that were asked for their nodes, in order, and with which timeout.
        var nodeRequests: [(graph: String, timeout: Duration)] = []
        /// The maximum number of concurrent calls of each kind.
        var inProgress: [CloudCall: Int] = [:]
        var mostAtOnce: [CloudCall: Int] = [:]
    }

    private let state = Mutex(State())
    private let trace: EventTrace
    let gatewayClockOffset: Duration? = nil

    init(_ trace: EventTrace) {
        self.trace = trace
    }

    /// Changes the cloud's behaviour, or reads what it did.
    @discardableResult
    func with<Value>(_ body: (inout State) -> Value) -> Value {
        state.withLock { body(&$0) }
    }

    func count(_ call: CloudCall) -> Int {
        with { $0.calls.count { $0 == call } }
    }

    func cloudEyeMetrics(
        of graphs: Set<String>,
        within limit: Duration
    ) async throws(GESError) -> CloudEyeListing {
        var listing = CloudEyeListing()
        for id in graphs {
            for metric in CloudEyeMetric.allCases {
                listing.series.insert(CloudEyeSeries(graphID: id, metric: metric))
            }
        }
        return listing
    }

    func cloudEyeSamples(
        of series: [CloudEyeSeries],
        from: Timestamp,
        to: Timestamp
    ) async throws(GESError) -> CloudEyeAnswer {
        let answer = with { state in
            state.cloudEyeQueries.append(series)
            return state.cloudEye
        }
        return try await answer?(series) ?? CloudEyeAnswer()
    }

    func nodeMetrics(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> NodeMetrics {
        let answer = with { state in
            state.nodeRequests.append((graph.id, dataPlane.timeout))
            return state.nodes
        }
        return try await answer?(graph.id) ?? NodeMetrics()
    }

    private func begin(_ call: CloudCall) async {
        let before = with { state in
            state.calls.append(call)
            state.inProgress[call, default: 0] += 1
            let most = max(state.mostAtOnce[call, default: 0], state.inProgress[call, default: 0])
            state.mostAtOnce[call] = most
            return state.before
        }
        switch call {
        case .graph(let id): trace.record("read \(id) again")
        case .restart(let id): trace.record("POST \(id)")
        case .job(let id): trace.record("read \(id)")
        case .search(let name): trace.record("search the jobs of \(name)")
        case .list, .runningJobs, .endedJobs, .probe, .tasks: break
        }
        await before(call)
        with { $0.inProgress[call, default: 1] -= 1 }
    }

    private func found(_ id: String, in state: State) -> Graph {
        var graph = Graph(
            id: id,
            name: state.graphs[id] ?? "",
            status: GraphStatus(code: state.status[id] ?? "200")
        )
        graph.privateIP = "10.0.0.7"
        graph.subnetID = "subnet"
        return graph
    }

    private static var unreachable: GESError { .notJSON(status: 502) }
}

extension LoopCloud {
    func listGraphs() async throws(GESError) -> GraphListing {
        await begin(.list)
        let state = with { $0 }
        guard state.canList else { throw Self.unreachable }
        var listing = GraphListing()
        listing.graphs = state.graphs.keys.filter { !state.unlisted.contains($0) }.sorted()
            .map { found($0, in: state) }
        listing.isComplete = state.unlisted.isEmpty
        listing.shortfall = listing.isComplete ? nil : "an entry cannot be read"
        return listing
    }

    func jobs(_ filter: JobFilter) async throws(GESError) -> JobListing {
        if filter.status == .success {
            await begin(.endedJobs)
            guard let ended = with({ $0.ended }) else { throw Self.unreachable }
            return JobListing(jobs: ended, isComplete: true)
        }
        let isSearch = filter.status == nil
        await begin(
            isSearch ? filter.graphName.map(CloudCall.search) ?? .runningJobs : .runningJobs
        )
        return JobListing(isComplete: true)
    }

    func probe(
        _ kind: ProbeKind,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ProbeResult {
        await begin(.probe(graph.id))
        guard !with({ $0.silent.contains(graph.id) }) else {
            return .silent(.timeout, duration: .seconds(10))
        }
        return .alive(ProbeAnswer(duration: .milliseconds(3), text: "200"))
    }

    func runningTasks(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> [GraphTask] {
        await begin(.tasks(graph.id))
        return []
    }

    func realTimeQueries(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> RealTimeQueries {
        throw Self.unreachable
    }

    func graph(_ id: String) async throws(GESError) -> Graph {
        await begin(.graph(id))
        return with { found(id, in: $0) }
    }

    /// The graph is healthy again as soon as the answer is sent.
    func restart(_ id: String) async -> (ActionAnswer, quote: String?) {
        await begin(.restart(id))
        return with { state in
            state.silent.remove(id)
            return (state.answer, nil)
        }
    }

    func job(graphID: String, jobID: String) async throws(GESError) -> Job {
        await begin(.job(jobID))
        if Task.isCancelled { throw GESError.cancelled }
        return Job(id: jobID, status: with { $0.job })
    }
}
