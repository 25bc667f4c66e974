import Time

/// What is going on elsewhere in the fleet.
extension GateContext {
    func concurrency() -> GateVerdict {
        let others = load.inFlight.subtracting([request.graphID])
        if others.count >= policy.maxConcurrent {
            return .closed(.concurrency(inFlight: others.sorted(), limit: policy.maxConcurrent))
        }
        return .open("\(others.count) of \(policy.maxConcurrent) restarts at once are under way")
    }

    /// A graph whose evidence is being collected has already been promised its place.
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
            return "\(count) of \(limit.count) in \(limit.window.text)"
        }
        return .open("restarts of the fleet: " + parts.joined(separator: ", "))
    }

    func breaker() -> GateVerdict {
        if isOrdered { return .open("a person has ordered it") }
        switch stormLevel {
        case .hard:
            return .closed(
                .storm(
                    .hard,
                    sick: load.sick,
                    threshold: policy.breaker.hardCount(fleetSize: view.graphs.count)
                )
            )
        case .soft where !isAgreed:
            return .closed(
                .storm(.soft, sick: load.sick, threshold: threshold(policy.breaker.soft))
            )
        default: return .open("\(load.sick) of \(view.graphs.count) graphs look sick")
        }
    }

    var stormLevel: StormLevel? {
        policy.breaker.level(sick: load.sick, fleetSize: view.graphs.count)
    }

    private func threshold(_ threshold: Breaker.Threshold) -> Int {
        threshold.count(fleetSize: view.graphs.count)
    }
}
