import Time

extension Machine {
    mutating func pause(
        _ scope: PauseScope,
        until: Timestamp?,
        _ order: Order,
        _ step: Step
    ) -> OrderAnswer {
        if let until, until <= step.at { return .refused("\(until) has passed already") }
        if case .graph(let id) = scope, step.view.graphs[id] == nil {
            return .held([.unknownGraph])
        }
        pauses.removeAll { $0.scope == scope }
        pauses.append(
            Pause(scope: scope, by: order.by, reason: order.reason, since: step.at, until: until)
        )
        pauses.sort { $0.scope.key < $1.scope.key }
        pending.pauses = pauses
        return .done(inFlightText)
    }

    /// A pause keeps from new restarts; what was sent cannot be called back.
    private var inFlightText: String {
        let count = records.values.count { $0.phase.isFollowed }
        return count == 0 ? "paused; nothing is under way" : "paused; \(count) under way go on"
    }

    mutating func resume(_ scope: PauseScope) -> OrderAnswer {
        guard pauses.contains(where: { $0.scope == scope }) else {
            return .refused("it is not paused")
        }
        pauses.removeAll { $0.scope == scope }
        pending.pauses = pauses
        return .done("resumed")
    }

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
                "the pause by \(pause.by) has ended"
            )
        }
    }
}
