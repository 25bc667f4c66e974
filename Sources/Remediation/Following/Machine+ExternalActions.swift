import Time

/// Restarts, stops and starts by persons and other programs, seen in the status.
extension Machine {
    /// A graph that someone else stops or starts gets the rest that it would get after a restart
    /// of ours: they are at work on it. It uses up no attempts, because those say how often *our*
    /// diagnosis was wrong.
    mutating func noticeExternalActions(_ step: inout Step) {
        let touched = step.view.graphs.values.filter { graph in
            StatusCode.externalTraces.contains(graph.statusCode)
                && graph.policy.map { $0.mode != .off } ?? false
                && step.reading(of: graph.id, after: .distantPast) != nil
                && phase(of: graph.id).yieldsToOthers
        }
        for graph in touched.sorted(by: { $0.id < $1.id }) {
            let due = phase(of: graph.id).until
            move(graph.id, to: .externalAction(since: step.at, notBefore: due))
            let detail =
                "someone else is stopping or starting it: its status is \(graph.statusCode)"
            audit(.external, graph.id, &step, reason: "external", detail)
        }
    }

    /// Gives the graph its rest once its status shows no more trace of the action.
    mutating func noticeEndOfExternalAction(_ id: GraphID, notBefore: Timestamp?, _ step: Step) {
        guard let graph = step.reading(of: id, after: .distantPast),
            !StatusCode.restartTraces.contains(graph.statusCode)
        else { return }
        let rested = step.at + step.policy(of: id).cooldown
        let until = max(rested, notBefore ?? rested)
        move(id, to: .waiting(until: until, cause: "someone else stopped or started it"))
    }
}

extension Phase {
    /// When the rest that the graph still owes is over; nil if it owes none.
    fileprivate var until: Timestamp? {
        switch self {
        case .coolingDown(let until, _, _), .waiting(let until, _): until
        default: nil
        }
    }

    /// Whether nothing of ours is in progress that the same status could come from.
    fileprivate var yieldsToOthers: Bool {
        switch self {
        case .idle, .awaitingApproval, .countingDown, .coolingDown, .waiting: true
        default: false
        }
    }
}
