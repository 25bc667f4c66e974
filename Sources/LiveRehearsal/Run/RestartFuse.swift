package import GES
import Synchronization

/// Lets one restart of one graph through. Whatever the agent decides, a rehearsal sends nothing
/// else.
package final class RestartFuse: Sendable {
    private struct State {
        var isBurnt: Bool
        /// As it was described last.
        var graph: Graph?
    }

    private let graphID: String
    private let name: String
    private let tag: RehearsalSettings.Tag
    private let state: Mutex<State>

    /// - Parameter isBurnt: whether nothing may be sent from the start.
    package init(
        _ graphID: String,
        named name: String,
        _ tag: RehearsalSettings.Tag,
        isBurnt: Bool = false
    ) {
        self.graphID = graphID
        self.name = name
        self.tag = tag
        state = Mutex(State(isBurnt: isBurnt))
    }

    package func note(_ graph: Graph) {
        guard graph.id == graphID else { return }
        state.withLock { $0.graph = graph }
    }

    /// The graph, if its newest description permits the restart; else why it does not.
    package func graph(toRestart id: String) -> Result<Graph, Objection> {
        guard id == graphID else {
            return .failure(Objection(text: "the rehearsal is about another graph"))
        }
        let (graph, isBurnt) = state.withLock { ($0.graph, $0.isBurnt) }
        guard !isBurnt else { return .failure(.sent) }
        guard let graph else { return .failure(Objection(text: "the graph was not read")) }
        guard graph.name == name else {
            return .failure(Objection(text: "the graph is now named \"\(graph.name)\""))
        }
        guard tag.marks(graph.tags) else {
            return .failure(Objection(text: "the graph no longer has the tag \(tag)"))
        }
        guard graph.status.isRunning else {
            return .failure(Objection(text: "its status is now \(graph.status)"))
        }
        return .success(graph)
    }

    /// Whether the request may be sent now. True once.
    package func burn() -> Bool {
        state.withLock { state in
            defer { state.isBurnt = true }
            return !state.isBurnt
        }
    }

    package struct Objection: Error, Hashable, Sendable {
        package let text: String

        static let sent = Objection(text: "a rehearsal sends one restart, and it was sent")
    }
}
