import Time

/// Pauses close a gate and touch nothing else: a restart that was sent cannot be called back, and
/// has to be followed.
extension Machine {
    /// Replaces an earlier pause of the same scope.
    mutating func pause(
        _ scope: PauseScope,
        until: Timestamp?,
        _ order: Order,
        _ step: Step
    ) -> OrderAnswer {
        if let until, until <= step.at { return .refused("\(until) has passed") }
        if case .graph(let id) = scope, step.view.graphs[id] == nil {
            return .held([.unknownGraph])
        }
        pauses.removeAll { $0.scope == scope }
        pauses.append(
            Pause(scope: scope, by: order.by, reason: order.reason, since: step.at, until: until)
        )
        pauses.sort { $0.scope.key < $1.scope.key }
        pending.pauses = pauses
        return .done(pausedText)
    }

    /// Whoever pauses has to know what goes on all the same.
    private var pausedText: String {
        let count = records.values.count { $0.phase.isFollowed }
        switch count {
        case 0: return "paused; no restart is in progress"
        case 1: return "paused; 1 restart in progress goes on"
        default: return "paused; \(count) restarts in progress go on"
        }
    }

    mutating func resume(_ scope: PauseScope) -> OrderAnswer {
        guard pauses.contains(where: { $0.scope == scope }) else {
            return .refused("it is not paused")
        }
        pauses.removeAll { $0.scope == scope }
        pending.pauses = pauses
        return .done("resumed")
    }

    /// A pause ends by itself, and says so: people must not believe that it still holds.
    mutating func endPauses(_ step: inout Step) {
        let over = pauses.filter { $0.until.map { $0 <= step.at } ?? false }
        guard !over.isEmpty else { return }
        pauses.removeAll { over.contains($0) }
        pending.pauses = pauses
        for pause in over {
            audit(
                .released,
                pause.scope.graphID,
                &step,
                reason: "paused",
                "the pause by \(pause.by) ended"
            )
        }
    }
}
