import Cycle
import GES

/// A listing, checked against the details of graphs about which it is doubtful.
///
/// A listing may be late, show another replica's past, or lack a graph although it claims to be
/// whole. The details of a graph are read from the graph's own record, so they decide. Where they
/// cannot be read, the graph is left as it was and the listing counts as incomplete, until three
/// listings in a row agree.
struct ListedGraphs: Sendable {
    private(set) var graphs: GraphListing
    /// The graphs whose details were read, with the addresses for which they hold.
    private(set) var detailed: [String: String] = [:]
    /// The graphs whose details could not be read for their subnets.
    private(set) var unread: [String] = []
    /// What the listing says against what was known, and could not be confirmed yet.
    private(set) var doubts: [String: ListingDoubt] = [:]
    /// The graphs that are gone by their own details.
    private(set) var gone: Set<String> = []
    /// How the requests for details ended.
    private(set) var answers = ManagementAnswers("show_graph")
    /// Details that may still be read in this poll. None after one got no answer: a cloud that is
    /// silent would delay the poll by a time-out for each.
    private var rest = Self.maximumDetails

    /// Details read in one poll.
    private static let maximumDetails = 20
    /// Listings in a row that are believed without details.
    private static let agreeingListings = 3

    init(
        _ listing: GraphListing,
        _ known: KnownGraphs,
        _ source: any GraphSource
    ) async {
        graphs = listing
        let before = Dictionary(known.graphs.map { ($0.id, $0) }) { first, _ in first }
        adoptSubnets(before)
        await confirmChanges(before, known.doubts, source)
        await confirmAbsence(known, source)
        await readSubnets(known, source)
    }

    /// The listing often omits the subnet. It stays the same while the addresses do.
    private mutating func adoptSubnets(_ before: [String: Graph]) {
        for index in graphs.graphs.indices {
            let graph = graphs.graphs[index]
            guard graph.subnetID == nil, let old = before[graph.id],
                old.addresses == graph.addresses
            else { continue }
            graphs.graphs[index].subnetID = old.subnetID
            graphs.graphs[index].vpcID = old.vpcID
        }
    }

    /// A status that differs from the last one is believed if the details show it too.
    private mutating func confirmChanges(
        _ before: [String: Graph],
        _ earlier: [String: ListingDoubt],
        _ source: any GraphSource
    ) async {
        var unconfirmed: Set<String> = []
        for index in graphs.graphs.indices {
            let graph = graphs.graphs[index]
            guard let old = before[graph.id], old.status != graph.status else { continue }
            switch await detail(of: graph.id, source) {
            case .found(let detail):
                graphs.graphs[index] = detail
                detailed[graph.id] = detail.addresses
            case .gone: break
            case .unknown:
                let doubt = ListingDoubt(.status(graph.status.code), after: earlier[graph.id])
                guard doubt.listings < Self.agreeingListings else { continue }
                doubts[graph.id] = doubt
                unconfirmed.insert(graph.id)
                becomeIncomplete("the new status of graph \(graph.id) could not be confirmed")
            }
        }
        graphs.graphs.removeAll { unconfirmed.contains($0.id) }
    }

    /// A listing that lacks a graph which exists is not believed about the others that it lacks.
    private mutating func confirmAbsence(
        _ known: KnownGraphs,
        _ source: any GraphSource
    ) async {
        guard graphs.isComplete else { return }
        let present = Set(graphs.graphs.map(\.id))
        var isWrong = false
        var absent: [String: ListingDoubt] = [:]
        for graph in known.graphs where !present.contains(graph.id) {
            switch await detail(of: graph.id, source) {
            case .found(let detail):
                graphs.graphs.append(detail)
                detailed[graph.id] = detail.addresses
                isWrong = true
                becomeIncomplete("the listing lacks graph \(graph.id), which exists")
            case .gone: gone.insert(graph.id)
            case .unknown:
                absent[graph.id] = ListingDoubt(.absence, after: known.doubts[graph.id])
            }
        }
        for (id, doubt) in absent.sorted(by: { $0.key < $1.key })
        where isWrong || doubt.listings < Self.agreeingListings {
            if !isWrong { doubts[id] = doubt }
            becomeIncomplete("the listing lacks graph \(id), which was there before")
        }
    }

    /// Reads the details of graphs whose subnet is not known, those that do not answer first. Those
    /// whose details could not be read come last: they must not keep the others from their turn.
    private mutating func readSubnets(
        _ known: KnownGraphs,
        _ source: any GraphSource
    ) async {
        let unknown = graphs.graphs.indices.filter { index in
            let graph = graphs.graphs[index]
            return graph.subnetID == nil && known.detailed[graph.id] != graph.addresses
                && detailed[graph.id] == nil
        }
        guard !unknown.isEmpty else { return }
        let ordered = unknown.sorted { left, right in
            let (first, second) = (graphs.graphs[left].id, graphs.graphs[right].id)
            let failures = (known.unread[first] ?? 0, known.unread[second] ?? 0)
            guard failures.0 == failures.1 else { return failures.0 < failures.1 }
            let (isFirst, isSecond) = (known.silent[first] != nil, known.silent[second] != nil)
            return isFirst == isSecond ? left < right : isFirst
        }
        for index in ordered.prefix(rest) {
            let graph = graphs.graphs[index]
            guard rest > 0 else { break }
            guard case .found(let detail) = await detail(of: graph.id, source) else {
                unread.append(graph.id)
                continue
            }
            graphs.graphs[index].subnetID = detail.subnetID
            graphs.graphs[index].vpcID = detail.vpcID
            detailed[graph.id] = graph.addresses
        }
    }

    private mutating func becomeIncomplete(_ shortfall: String) {
        graphs.isComplete = false
        graphs.shortfall = graphs.shortfall ?? shortfall
    }

    private enum Detail {
        case found(Graph)
        case gone
        case unknown
    }

    private mutating func detail(of id: String, _ source: any GraphSource) async -> Detail {
        guard rest > 0 else { return .unknown }
        rest -= 1
        do throws(GESError) {
            let graph = try await source.graph(id)
            answers.count(nil)
            return .found(graph)
        } catch {
            answers.count(error)
            if error.saysGraphIsGone { return .gone }
            if case .http = error { rest = 0 }
            return .unknown
        }
    }
}

/// What listings say of a graph against what was known of it.
struct ListingDoubt: Hashable, Sendable {
    enum Claim: Hashable, Sendable {
        case status(String)
        case absence
    }

    let claim: Claim
    /// How many listings in a row have said so.
    let listings: Int

    init(_ claim: Claim, after earlier: ListingDoubt?) {
        self.claim = claim
        listings = earlier?.claim == claim ? (earlier?.listings ?? 0) + 1 : 1
    }
}
