import Time

/// Gates about what else is going on in the fleet.
extension GateContext {
    /// The graph's own place does not count: while its evidence is collected it already holds one.
    func concurrency() -> GateVerdict {
        let others = load.inFlight.subtracting([request.graphID])
        if others.count >= policy.maxConcurrent {
            return .closed(.concurrency(inFlight: others.sorted(), limit: policy.maxConcurrent))
        }
        return .open("\(others.count) of \(policy.maxConcurrent) places are taken")
    }

    /// Graphs whose evidence is being collected count too: their restarts may follow within a
    /// minute, and the budget must hold then.
    func budget() -> GateVerdict {
        let promised = load.gathering.subtracting([request.graphID]).count
        let used: [HoldReason] = policy.budget.compactMap { limit in
            let spent = load.spent(since: at - limit.window)
            let count = spent.count + promised
            guard count >= limit.count else { return nil }
            return .budgetUsed(count: count, limit: limit, until: limit.roomAt(after: spent))
        }
        if let last = used.lastToOpen { return .closed(last) }
        let parts = policy.budget.map { limit in
            let count = load.spent(since: at - limit.window).count
            return "\(count) of \(limit.count) restarts in \(limit.window.text)"
        }
        return .open("the fleet has used " + parts.joined(separator: ", "))
    }

    /// An order passes: during a real storm a person decides which graph to try first.
    func breaker() -> GateVerdict {
        if isOrdered { return .overruled }
        switch stormLevel {
        case .hard:
            let threshold = policy.breaker.hardCount(fleetSize: view.graphs.count)
            return .closed(.storm(.hard, sick: load.sick, threshold: threshold))
        case .soft where !isAgreed:
            let threshold = policy.breaker.soft.count(fleetSize: view.graphs.count)
            return .closed(.storm(.soft, sick: load.sick, threshold: threshold))
        default: return .open("\(load.sick) of \(view.graphs.count) graphs look sick")
        }
    }

    var stormLevel: StormLevel? {
        policy.breaker.level(sick: load.sick, fleetSize: view.graphs.count)
    }
}
