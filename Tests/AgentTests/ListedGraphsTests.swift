import Configuration
import Cycle
import HTTPClient
import Series
import Synchronization
import Testing
import Time

@testable import Agent
@testable import GES

/// A cloud that knows the details of some graphs.
private final class DetailCloud: GraphSource {
    enum Detail {
        case found(Graph)
        case gone
        case failing
        case silent
    }

    let gatewayClockOffset: Duration? = nil
    private let details: [String: Detail]
    private let listsEveryJob: Bool
    let asked = Mutex<[String]>([])

    init(_ details: [String: Detail] = [:], listsEveryJob: Bool = false) {
        self.details = details
        self.listsEveryJob = listsEveryJob
    }

    func graph(_ id: String) async throws(GESError) -> Graph {
        asked.withLock { $0.append(id) }
        switch details[id] {
        case .found(let graph): return graph
        case .gone:
            throw .api(ServiceFailure(status: 400, code: "GES.7000", message: "gone"))
        case .silent:
            throw .http(HTTPError(.timeout, requestMayHaveBeenSent: true, message: "m"))
        case .failing, nil: throw .notJSON(status: 502)
        }
    }

    func listGraphs() async throws(GESError) -> GraphListing { GraphListing() }
    func jobs(_ filter: JobFilter) async throws(GESError) -> JobListing {
        JobListing(isComplete: listsEveryJob)
    }
    func probe(
        _ kind: ProbeKind,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ProbeResult { .silent(.timeout, duration: .zero) }
    func runningTasks(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> [GraphTask] { [] }
    func realTimeQueries(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> RealTimeQueries { throw .notJSON(status: 502) }
}

@Suite("A listing and the details of graphs")
struct ListedGraphsTests {
    private static func graph(
        _ id: String,
        _ status: String = "200",
        address: String = "10.0.0.1",
        subnet: String? = "s"
    ) -> Graph {
        var graph = Graph(id: id, name: id, status: GraphStatus(code: status))
        graph.privateIP = address
        graph.subnetID = subnet
        return graph
    }

    private func listed(
        _ graphs: [Graph],
        before: [Graph],
        isComplete: Bool = true,
        silent: [String: Int] = [:],
        detailed: [String: String] = [:],
        unread: [String: Int] = [:],
        doubts: [String: ListingDoubt] = [:],
        _ cloud: DetailCloud
    ) async -> ListedGraphs {
        var known = KnownGraphs()
        known.doubts = doubts
        known.graphs = before
        known.silent = silent
        known.detailed = detailed
        known.unread = unread
        return await ListedGraphs(
            GraphListing(graphs: graphs, isComplete: isComplete),
            known,
            cloud
        )
    }

    @Test("nothing is asked about a listing that is like the last one")
    func unchanged() async {
        let cloud = DetailCloud()
        let graphs = [Self.graph("a"), Self.graph("b", "900")]
        let result = await listed(graphs, before: graphs, cloud)
        #expect(result.graphs == GraphListing(graphs: graphs, isComplete: true))
        #expect(cloud.asked.withLock { $0 }.isEmpty)
    }

    @Test("the running jobs are known only if their list is complete", arguments: [true, false])
    func runningJobs(isComplete: Bool) async {
        let watcher = Watcher(
            source: DetailCloud(listsEveryJob: isComplete),
            sampling: SamplingConfiguration()
        )
        let poll = await watcher.poll(
            known: KnownGraphs(),
            at: Timestamp(milliseconds: 0),
            began: .zero,
            AgentClock(
                now: { Timestamp(milliseconds: 0) },
                sleep: { _ in await Task.yield() },
                elapsed: { .zero },
                bootID: "boot"
            )
        )
        #expect((try? poll.readings.jobs.get().count) == (isComplete ? 0 : nil))
    }

    @Test("a new status counts if the details show it; otherwise the details count")
    func status() async {
        let (old, new) = (Self.graph("a"), Self.graph("a", "202"))
        for truth in [old, new, Self.graph("a", "900")] {
            let result = await listed([new], before: [old], DetailCloud(["a": .found(truth)]))
            #expect(result.graphs.graphs == [truth])
            #expect(result.graphs.isComplete)
        }
        let result = await listed([new], before: [old], DetailCloud(["a": .failing]))
        #expect(result.graphs.graphs.isEmpty && !result.graphs.isComplete)
        #expect(result.graphs.shortfall?.contains("graph a") == true)
    }

    @Test("a graph is gone only if its details say so")
    func absence() async {
        let (a, b) = (Self.graph("a"), Self.graph("b"))
        let gone = await listed([a], before: [a, b], DetailCloud(["b": .gone]))
        #expect(gone.graphs.graphs == [a] && gone.graphs.isComplete)
        let there = await listed([a], before: [a, b], DetailCloud(["b": .found(b)]))
        #expect(there.graphs.graphs == [a, b] && !there.graphs.isComplete)
        let unclear = await listed([a], before: [a, b], DetailCloud(["b": .failing]))
        #expect(unclear.graphs.graphs == [a] && !unclear.graphs.isComplete)
        // A listing that does not claim to be whole says nothing about what it lacks.
        let cloud = DetailCloud(["b": .gone])
        _ = await listed([a], before: [a, b], isComplete: false, cloud)
        #expect(cloud.asked.withLock { $0 }.isEmpty)
    }

    @Test("an empty listing of a fleet costs a bounded number of requests and ends no graph")
    func empty() async {
        let before = (0..<500).map { Self.graph("g\($0)") }
        let details = Dictionary(
            uniqueKeysWithValues: before.map { ($0.id, DetailCloud.Detail.found($0)) }
        )
        let cloud = DetailCloud(details)
        let result = await listed([], before: before, cloud)
        #expect(!result.graphs.isComplete)
        #expect(cloud.asked.withLock { $0.count } == 20)
    }

    @Test("without details three listings in a row are believed")
    func agreement() async {
        let (a, b, c) = (Self.graph("a"), Self.graph("b"), Self.graph("b", "900"))
        for listing in [[a], [a, c]] {
            var doubts: [String: ListingDoubt] = [:]
            for isBelieved in [false, false, true] {
                let result = await listed(listing, before: [a, b], doubts: doubts, DetailCloud())
                #expect(result.graphs.isComplete == isBelieved)
                #expect(result.graphs.graphs == (isBelieved ? listing : [a]))
                doubts = result.doubts
            }
        }
    }

    @Test("a listing that lacks a graph which exists is never believed about others")
    func wrongListing() async {
        let before = (0..<30).map { Self.graph("g\($0)") }
        var doubts: [String: ListingDoubt] = [:]
        for _ in 0..<5 {
            let cloud = DetailCloud(["g0": .found(before[0])])
            let result = await listed([], before: before, doubts: doubts, cloud)
            #expect(!result.graphs.isComplete && result.doubts.isEmpty)
            doubts = result.doubts
        }
    }

    @Test("more new statuses than details in a poll are confirmed one poll after the other")
    func manyStatuses() async {
        var before = (0..<50).map { Self.graph("g\($0)") }
        let after = before.map { Self.graph($0.id, "900") }
        let details = Dictionary(
            uniqueKeysWithValues: after.map { ($0.id, DetailCloud.Detail.found($0)) }
        )
        let first = await listed(after, before: before, DetailCloud(details))
        #expect(first.graphs.graphs.count == 20 && !first.graphs.isComplete)
        before = first.graphs.graphs + before.dropFirst(20)
        let second = await listed(after, before: before, DetailCloud(details))
        #expect(second.graphs.graphs.count == 40 && !second.graphs.isComplete)
    }

    @Test("the deletion of many graphs is believed after a few polls")
    func manyDeleted() async {
        let before = (0..<50).map { Self.graph("g\($0)") }
        let details = Dictionary(
            uniqueKeysWithValues: before.map { ($0.id, DetailCloud.Detail.gone) }
        )
        let cloud = DetailCloud(details)
        let first = await listed([], before: before, cloud)
        #expect(first.gone.count == 20 && !first.graphs.isComplete)
        let rest = before.filter { !first.gone.contains($0.id) }
        let second = await listed([], before: rest, doubts: first.doubts, cloud)
        #expect(second.gone.count == 20 && !second.graphs.isComplete)
        let last = rest.filter { !second.gone.contains($0.id) }
        let third = await listed([], before: last, doubts: second.doubts, cloud)
        #expect(third.gone.count == 10 && third.graphs.isComplete)
    }

    @Test("a cloud that does not answer for details is asked once in a poll")
    func silentCloud() async {
        let before = (0..<30).map { Self.graph("g\($0)", subnet: nil) }
        let details = Dictionary(
            uniqueKeysWithValues: before.map { ($0.id, DetailCloud.Detail.silent) }
        )
        let cloud = DetailCloud(details)
        _ = await listed([], before: before, cloud)
        #expect(cloud.asked.withLock { $0.count } == 1)
        _ = await listed(before, before: before, cloud)
        #expect(cloud.asked.withLock { $0.count } == 2)
    }

    @Test("the subnet is read once, and again when the address changes")
    func subnet() async {
        let bare = Self.graph("a", subnet: nil)
        let cloud = DetailCloud(["a": .found(Self.graph("a"))])
        let first = await listed([bare], before: [], cloud)
        #expect(first.graphs.graphs.map(\.subnetID) == ["s"])
        let second = await listed(
            [bare],
            before: first.graphs.graphs,
            detailed: first.detailed,
            cloud
        )
        #expect(second.graphs.graphs.map(\.subnetID) == ["s"])
        #expect(cloud.asked.withLock { $0.count } == 1)
        let moved = Self.graph("a", address: "10.0.1.1", subnet: nil)
        _ = await listed([moved], before: first.graphs.graphs, detailed: first.detailed, cloud)
        #expect(cloud.asked.withLock { $0.count } == 2)
    }

    @Test("the subnets of silent graphs are read first, and a bounded number in one poll")
    func order() async {
        let graphs = (100..<150).map { Self.graph("g\($0)", subnet: nil) }
        let cloud = DetailCloud()
        _ = await listed(graphs, before: graphs, silent: ["g149": 1, "g120": 2], cloud)
        let asked = cloud.asked.withLock { $0 }
        #expect(asked.count == 20)
        #expect(Set(asked.prefix(2)) == ["g120", "g149"])
    }

    @Test("graphs whose details cannot be read, silent or not, do not keep the others from theirs")
    func unreadable() async {
        let graphs = (100..<150).map { Self.graph("g\($0)", subnet: nil) }
        let details = Dictionary(
            uniqueKeysWithValues: (130..<150).map {
                ("g\($0)", DetailCloud.Detail.found(Self.graph("g\($0)")))
            }
        )
        let silent = Dictionary(uniqueKeysWithValues: (100..<130).map { ("g\($0)", 1) })
        var unread: [String: Int] = [:]
        var read: Set<String> = []
        for _ in 0..<4 {
            let cloud = DetailCloud(details)
            let result = await listed(
                graphs.filter { !read.contains($0.id) },
                before: graphs,
                silent: silent,
                unread: unread,
                cloud
            )
            for id in result.unread { unread[id, default: 0] += 1 }
            read.formUnion(result.detailed.keys)
            #expect(cloud.asked.withLock { $0.count } <= 20)
        }
        #expect(read == Set(details.keys))
        #expect((1...2).contains(unread.values.max() ?? 0))
    }
}
