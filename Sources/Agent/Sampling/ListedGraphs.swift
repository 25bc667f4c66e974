import Cycle
import GES

/// A listing, checked against the details of graphs about which it is doubtful.
///
/// A listing may be late, show another replica's past, or lack a graph although it claims to be
/// whole. The details of a graph are read from the graph's own record, so they decide. A graph
/// whose details cannot be read either is left as it was, and the listing counts as incomplete.
struct ListedGraphs: Sendable {
    private(set) var graphs: GraphListing
    /// The graphs whose details were read, with the addresses for which they hold.
    private(set) var detailed: [String: String] = [:]

    /// Details read in one poll. More doubts than this are rather the fault of the listing.
    private static let maximumDetails = 20

    init(
        _ listing: GraphListing,
        _ known: KnownGraphs,
        _ source: any GraphSource
    ) async {
        graphs = listing
        let before = Dictionary(known.graphs.map { ($0.id, $0) }) { first, _ in first }
        adoptSubnets(before)
        var rest = Self.maximumDetails
        await confirmChanges(before, source, &rest)
        await confirmAbsence(known.graphs, source, &rest)
        await readSubnets(known, source, &rest)
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
        _ source: any GraphSource,
        _ rest: inout Int
    ) async {
        var unconfirmed: Set<String> = []
        defer { graphs.graphs.removeAll { unconfirmed.contains($0.id) } }
        for index in graphs.graphs.indices {
            let graph = graphs.graphs[index]
            guard let old = before[graph.id], old.status != graph.status else { continue }
            guard rest > 0 else { return }
            rest -= 1
            switch await Self.detail(of: graph.id, source) {
            case .found(let detail):
                graphs.graphs[index] = detail
                detailed[graph.id] = detail.addresses
            case .gone: break
            case .unknown:
                unconfirmed.insert(graph.id)
                becomeIncomplete("the new status of graph \(graph.id) could not be confirmed")
            }
        }
    }

    private mutating func confirmAbsence(
        _ known: [Graph],
        _ source: any GraphSource,
        _ rest: inout Int
    ) async {
        guard graphs.isComplete else { return }
        let present = Set(graphs.graphs.map(\.id))
        for graph in known where !present.contains(graph.id) {
            guard rest > 0 else {
                return becomeIncomplete("many graphs are missing from the listing")
            }
            rest -= 1
            switch await Self.detail(of: graph.id, source) {
            case .found(let detail):
                graphs.graphs.append(detail)
                detailed[graph.id] = detail.addresses
                becomeIncomplete("the listing lacks graph \(graph.id), which exists")
            case .gone: break
            case .unknown:
                becomeIncomplete("the listing lacks graph \(graph.id), which was there before")
            }
        }
    }

    /// Reads the details of graphs whose subnet is not known, those that do not answer first.
    private mutating func readSubnets(
        _ known: KnownGraphs,
        _ source: any GraphSource,
        _ rest: inout Int
    ) async {
        let unknown = graphs.graphs.indices.filter { index in
            let graph = graphs.graphs[index]
            return graph.subnetID == nil && known.detailed[graph.id] != graph.addresses
                && detailed[graph.id] == nil
        }
        guard !unknown.isEmpty else { return }
        let ordered = unknown.sorted { left, right in
            let (first, second) = (graphs.graphs[left].id, graphs.graphs[right].id)
            let (isFirst, isSecond) = (known.silent[first] != nil, known.silent[second] != nil)
            return isFirst == isSecond ? left < right : isFirst
        }
        for index in ordered.prefix(rest) {
            let graph = graphs.graphs[index]
            guard case .found(let detail) = await Self.detail(of: graph.id, source) else {
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

    private static func detail(of id: String, _ source: any GraphSource) async -> Detail {
        do throws(GESError) {
            return .found(try await source.graph(id))
        } catch {
            return error.saysGraphIsGone ? .gone : .unknown
        }
    }
}
