package import GES
import Synchronization

/// Permits one restart of one graph. Whatever the agent decides, a rehearsal sends nothing else.
package final class OneRestartPermit: Sendable {
    private let graphID: String
    private let name: String
    private let tag: RehearsalSettings.Tag
    private let isUsed: Mutex<Bool>

    /// - Parameter isUsed: whether nothing may be sent from the start.
    package init(
        _ graphID: String,
        named name: String,
        _ tag: RehearsalSettings.Tag,
        isUsed: Bool = false
    ) {
        self.graphID = graphID
        self.name = name
        self.tag = tag
        self.isUsed = Mutex(isUsed)
    }

    /// Why the graph that was asked for must not be restarted; nil if it may.
    ///
    /// - Parameter graph: the answer that was read last before the request.
    package func objection(to graph: Graph, askedFor id: String) -> String? {
        guard id == graphID, graph.id == graphID else {
            return "the rehearsal is about another graph"
        }
        guard !isUsed.withLock({ $0 }) else { return Self.sent }
        guard graph.name == name else { return "the graph is now named \"\(graph.name)\"" }
        guard tag.marks(graph.tags) else { return "the graph no longer has the tag \(tag)" }
        guard graph.status.isRunning else { return "its status is now \(graph.status)" }
        return nil
    }

    /// Whether the request may be sent now. True once.
    package func use() -> Bool {
        isUsed.withLock { isUsed in
            defer { isUsed = true }
            return !isUsed
        }
    }

    package static let sent = "a rehearsal sends one restart, and it was sent"
}
