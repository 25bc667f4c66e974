import GES
import GESSimulator
import InProcessCloud
import VirtualTime

/// The requests of the agent's poll.
protocol CloudReader: Sendable {
    func listGraphs() async throws(GESError) -> GraphListing
    func jobs(_ filter: JobFilter) async throws(GESError) -> JobListing
    func graph(_ id: String) async throws(GESError) -> Graph
    func probe(
        _ kind: ProbeKind,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ProbeResult
    func runningTasks(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> [GES.GraphTask]
    func realTimeQueries(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> RealTimeQueries
}

extension GESClient: CloudReader {}
extension DirectClient: CloudReader {}

enum Question: CaseIterable {
    case list, jobs, detail, version, summary, tasks, queries

    var isManagement: Bool { [.list, .jobs, .detail].contains(self) }

    func ask(
        _ reader: any CloudReader,
        _ graph: Graph,
        _ dataPlane: DataPlaneConfiguration
    ) async throws {
        switch self {
        case .list: _ = try await reader.listGraphs()
        case .jobs: _ = try await reader.jobs(JobFilter(status: .running))
        case .detail: _ = try await reader.graph(graph.id)
        case .version: _ = await reader.probe(.version, of: graph, dataPlane: dataPlane)
        case .summary: _ = await reader.probe(.summary, of: graph, dataPlane: dataPlane)
        case .tasks: _ = try await reader.runningTasks(of: graph, dataPlane: dataPlane)
        case .queries: _ = try await reader.realTimeQueries(of: graph, dataPlane: dataPlane)
        }
    }
}

/// Polls like the agent's watcher: a child task per graph, its probes concurrently, and the more
/// expensive requests only to graphs that answer.
struct PollLoop {
    private let time: VirtualTime
    private let cloud: InProcessCloud

    init(_ configuration: SimulatorConfiguration, _ latencies: Latencies, _ time: VirtualTime) {
        self.time = time
        cloud = InProcessCloud(configuration, time: time, latencies: latencies)
    }

    func run(_ polls: Int) throws {
        let dataPlane = cloud.dataPlane()
        try time.run { [time, cloud] in
            let reader: any CloudReader = DirectClient(cloud, client: try cloud.client())
            for poll in 1...polls {
                async let jobs = reader.jobs(JobFilter(status: .running))
                let graphs = try await reader.listGraphs().graphs
                await withDiscardingTaskGroup { group in
                    for graph in graphs {
                        group.addTask { await Self.read(graph, reader, dataPlane) }
                    }
                }
                _ = try await jobs
                try await time.sleep(for: .seconds(30) * poll - time.now)
            }
        }
    }

    private static func read(
        _ graph: Graph,
        _ reader: any CloudReader,
        _ dataPlane: DataPlaneConfiguration
    ) async {
        let isAnswered = await withTaskGroup(of: Bool.self) { group in
            for kind in ProbeKind.allCases {
                group.addTask {
                    let result = await reader.probe(kind, of: graph, dataPlane: dataPlane)
                    return if case .answered = result { true } else { false }
                }
            }
            return await group.reduce(false) { $0 || $1 }
        }
        guard isAnswered else { return }
        async let tasks = reader.runningTasks(of: graph, dataPlane: dataPlane)
        async let queries = reader.realTimeQueries(of: graph, dataPlane: dataPlane)
        _ = try? await tasks
        _ = try? await queries
    }
}
