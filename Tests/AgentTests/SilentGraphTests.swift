import API
import Configuration
import Cycle
import Series
import Synchronization
import Testing
import Time

@testable import Agent
@testable import GES

/// A cloud whose hung graphs answer nothing before every healthy graph was read.
private final class BlockedCloud: GraphSource {
    let gatewayClockOffset: Duration? = nil
    private let graphs: [Graph]
    private let isHung: @Sendable (String) -> Bool
    private let healthy: Int
    private let state = Mutex(State())
    private let everyHealthyGraphWasRead = AsyncEvent()

    private struct State {
        var read: Set<String> = []
        var inFlight: [String: Int] = [:]
        var mostInFlight = 0
    }

    init(_ graphs: [Graph], isHung: @escaping @Sendable (String) -> Bool) {
        self.graphs = graphs
        self.isHung = isHung
        healthy = graphs.count { !isHung($0.id) }
        if healthy == 0 { everyHealthyGraphWasRead.set() }
    }

    var readGraphs: Set<String> { state.withLock { $0.read } }
    /// The most probes of one graph that were in flight at the same time.
    var mostInFlight: Int { state.withLock { $0.mostInFlight } }

    func listGraphs() async throws(GESError) -> GraphListing {
        GraphListing(graphs: graphs, isComplete: true)
    }

    func graph(_ id: String) async throws(GESError) -> Graph { throw .notJSON(status: 502) }

    func jobs(_ filter: JobFilter) async throws(GESError) -> JobListing {
        JobListing(isComplete: true)
    }

    func probe(
        _ kind: ProbeKind,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ProbeResult {
        begin(graph.id)
        defer { state.withLock { $0.inFlight[graph.id, default: 1] -= 1 } }
        guard isHung(graph.id) else {
            finish(graph.id)
            return .alive(ProbeAnswer(duration: .zero, text: "200"))
        }
        await everyHealthyGraphWasRead.wait()
        state.withLock { _ = $0.read.insert(graph.id) }
        return .silent(.timeout, duration: .seconds(10))
    }

    private func begin(_ id: String) {
        state.withLock { state in
            state.inFlight[id, default: 0] += 1
            state.mostInFlight = max(state.mostInFlight, state.inFlight[id] ?? 0)
        }
    }

    private func finish(_ id: String) {
        let isDone = state.withLock { state in
            state.read.insert(id)
            return state.read.count { !isHung($0) } >= healthy
        }
        if isDone { everyHealthyGraphWasRead.set() }
    }

    func runningTasks(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> [GraphTask] { [] }

    func realTimeQueries(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> RealTimeQueries { throw .notJSON(status: 502) }
}

// A lane that waits for what hangs would never end.
@Suite("Graphs that do not answer", .timeLimit(.minutes(5)))
struct SilentGraphTests {
    private static func fleet(_ count: Int) -> [Graph] {
        (0..<count).map { number in
            var graph = Graph(id: "g\(number)", name: "n", status: GraphStatus(code: "200"))
            graph.privateIP = "10.0.0.1"
            graph.subnetID = "s"
            return graph
        }
    }

    private static func poll(
        _ cloud: BlockedCloud,
        _ known: KnownGraphs,
        _ clock: AgentClock = clock()
    ) async -> Poll {
        await Watcher(source: cloud, sampling: SamplingConfiguration())
            .poll(known: known, at: Timestamp(milliseconds: 0), began: .zero, clock)
    }

    /// Time passes only while somebody sleeps.
    private static func clock() -> AgentClock {
        let elapsed = Mutex(Duration.zero)
        return AgentClock(
            now: { Timestamp(milliseconds: 0) },
            sleep: { duration in
                elapsed.withLock { $0 += duration }
                await Task.yield()
            },
            elapsed: { elapsed.withLock { $0 } },
            bootID: "boot"
        )
    }

    /// A poll that let them keep the places of the others would never end.
    @Test("delay no other when they have just begun to hang", arguments: [1, 64, 180, 900])
    func beginning(hung: Int) async throws {
        let graphs = Self.fleet(1_000)
        let cloud = BlockedCloud(graphs) { id in Int(id.dropFirst()).map { $0 < hung } ?? false }
        var known = KnownGraphs()
        known.graphs = graphs
        known.poll = 7
        let poll = await Self.poll(cloud, known)
        #expect(poll.known.silent.count == hung)
        let read = Set(poll.readings.graphs.map(\.graphID))
        #expect(graphs.dropFirst(hung).allSatisfy { read.contains($0.id) })
        // What was abandoned has no reading, and comes first in the next poll.
        #expect((read.count < 1_000) == (hung == 900))
        for graph in graphs.prefix(hung) {
            #expect(poll.known.silent[graph.id] == (read.contains(graph.id) ? 8 : 0))
        }
    }

    @Test("do not wait for those that never answered")
    func neverAnswered() async throws {
        let graphs = Self.fleet(2_500)
        let cloud = BlockedCloud(graphs) { _ in true }
        var known = KnownGraphs()
        known.graphs = graphs
        known.silent = Dictionary(uniqueKeysWithValues: graphs.map { ($0.id, 1) })
        known.silent["g77"] = 5
        known.reached = ["g77"]
        known.poll = 6
        let clock = Self.clock()
        // Late in the interval, so that the places are given once.
        try await clock.sleep(.seconds(29))
        let poll = await Self.poll(cloud, known, clock)
        #expect(poll.readings.graphs.count < 2_500)
        #expect(poll.readings.graphs.contains { $0.graphID == "g77" })
    }

    /// A poll that gave hung graphs the places of healthy ones would never end.
    @Test("delay no other, however many they are", arguments: [0, 1, 300, 1_000, 1_999])
    func delay(hung: Int) async throws {
        let graphs = Self.fleet(2_000)
        let isHung: @Sendable (String) -> Bool = { id in
            Int(id.dropFirst()).map { $0 < hung } ?? false
        }
        let cloud = BlockedCloud(graphs, isHung: isHung)
        var known = KnownGraphs()
        known.graphs = graphs
        known.silent = Dictionary(
            uniqueKeysWithValues: graphs.filter { isHung($0.id) }.map { ($0.id, 0) }
        )
        let poll = await Self.poll(cloud, known)
        let silent = cloud.readGraphs.filter(isHung)
        #expect(cloud.readGraphs.count - silent.count == 2_000 - hung)
        // They are read too, as many as have places.
        #expect(silent.isEmpty == (hung == 0))
        #expect(poll.readings.graphs.count == cloud.readGraphs.count)
        // One request per graph and probe.
        #expect(cloud.mostInFlight <= SamplingConfiguration().probes.count)
    }

    @Test("are all read within a few polls, those that waited longest first")
    func turns() async throws {
        let graphs = Self.fleet(600)
        let cloud = BlockedCloud(graphs) { _ in true }
        var known = KnownGraphs()
        known.graphs = graphs
        known.silent = Dictionary(uniqueKeysWithValues: graphs.map { ($0.id, 0) })
        known.poll = 1
        var read: Set<String> = []
        for _ in 0..<20 where read.count < 600 {
            let poll = await Self.poll(cloud, known)
            let ids = Set(poll.readings.graphs.map(\.graphID))
            // Nobody is read twice before all were read once.
            #expect(read.isDisjoint(with: ids) || read.union(ids).count == 600)
            read.formUnion(ids)
            known = poll.known
        }
        #expect(read.count == 600)
    }
}
