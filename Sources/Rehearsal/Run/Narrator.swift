import GESSimulator
import InProcessCloud
import VirtualTime

/// Records what happens in a run as lines: what the cloud does, and how the agent's verdicts, holds
/// and states change.
struct Narrator {
    private(set) var lines: [String] = []
    private var known: [String: GraphState] = [:]
    private var restarts = 0
    private var actions = 0

    mutating func say(_ who: String, _ what: String, at time: Duration) {
        let padding = String(repeating: " ", count: max(1, 9 - who.count))
        lines.append("\(time.clock)  \(who)\(padding)\(what)")
    }

    mutating func look(at world: Simulation) {
        let now = world.time.now
        let (graphs, sent, others) = world.cloud.withCloud { cloud, _ in
            (
                cloud.graphs.map { ($0.id, $0.name) }, cloud.log.restartTimes.map(\.graphID),
                cloud.log.otherActions.map { ("\($0.operation.rawValue)", $0.graphID) }
            )
        }
        for id in sent.dropFirst(restarts) {
            let name = graphs.first { $0.0 == id }?.1 ?? id
            say("POST", "restart of \(name)", at: now)
        }
        restarts = sent.count
        for (operation, id) in others.dropFirst(actions) {
            say("request", "\(operation) of \(graphs.first { $0.0 == id }?.1 ?? id)", at: now)
        }
        actions = others.count
        for (id, name) in graphs.sorted(by: { $0.1 < $1.1 }) {
            let state = GraphState(world, id)
            let before = known.updateValue(state, forKey: id)
            if before?.verdicts != state.verdicts {
                say("verdict", "\(name): \(state.explanation)", at: now)
            }
            if before?.holds != state.holds, before != nil || !state.holds.isEmpty {
                let holds = state.holds.isEmpty ? "none" : state.holds.joined(separator: ", ")
                say("holds", "\(name): \(holds)", at: now)
            }
            if let before, before.phase != state.phase {
                say("state", "\(name): \(state.phase)", at: now)
            }
        }
    }
}
