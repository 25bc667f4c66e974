import GES
import Synchronization

/// The graphs whose nodes may be read now. A round takes as long as an interval; meanwhile graphs
/// may begin to hang, be restarted, or move to another agent.
final class NodeMetricsTargets: Sendable {
    private let graphs = Mutex<[String: Graph]>([:])

    func replace(with new: [Graph]) {
        let byID = Dictionary(new.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        graphs.withLock { $0 = byID }
    }

    func remove(_ ids: [String]) {
        graphs.withLock { graphs in
            for id in ids { graphs[id] = nil }
        }
    }

    var isEmpty: Bool { graphs.withLock { $0.isEmpty } }

    var ids: Set<String> { graphs.withLock { Set($0.keys) } }

    /// Nil if the graph is to be left alone.
    func graph(_ id: String) -> Graph? { graphs.withLock { $0[id] } }
}
