import Time

/// Gates about what else is going on in the fleet.
extension GateContext {
    /// The graph's own place does not count: while its evidence is collected it already holds one.
    func concurrency() -> GateVerdict {
        let others = load.inFlight.subtracting([request.graphID])
        if others.count >= policy.maxConcurrent {
            return .closed(.concurrency(inFlight: others.sorted(), limit: policy.maxConcurrent))
        }
        if let limit = policy.maxConcurrentPerPath {
            // What is not known may be the same path.
            let path = graph?.path
            let neighbours = others.filter { id in
                let other = view.graphs[id]?.path
                return path == nil || other == nil || path == other
            }
            if neighbours.count >= limit {
                return .closed(
                    .pathConcurrency(
                        path: path.map { "\($0)" } ?? "that is not known yet",
                        inFlight: neighbours.sorted(),
                        limit: limit
                    )
                )
            }
        }
        return .open("\(others.count) of \(policy.maxConcurrent) places are taken")
    }

    /// An approval or an order passes: a person has seen what would be lost. A graph whose tasks
    /// were never listed costs nothing that anybody knows of.
    func killCost() -> GateVerdict {
        guard let cost = graph?.killCost(of: request.hangClass, record) else {
            return .notApplicable
        }
        if case .cancel = remedy {
            return .open("a cancel ends the one task that is over its limit")
        }
        if isAgreed { return .open("a person agreed; it would kill \(cost)") }
        for limit in policy.killBudget {
            let killed = load.killed(since: at - limit.window)
            // Free of charge even if the budget is overdrawn.
            guard cost.work > .zero, killed + cost.work > limit.work else { continue }
            return .closed(.killCost(cost, killed: killed, limit: limit))
        }
        return .open("it would kill \(cost)")
    }

    /// Graphs whose evidence is being collected count too: their restarts may follow within a
    /// minute, and the windows must hold then.
    func budget() -> GateVerdict {
        if case .cancel = remedy { return cancels() }
        let used = policy.budget.compactMap { limit in
            usedUp(limit, load.spent(since: at - limit.window), promised) {
                .budgetUsed(count: $0, limit: limit, until: $1)
            }
        }
        if let last = (used + usedUpPosts()).lastToOpen { return .closed(last) }
        let parts = policy.budget.map { limit in
            let count = load.spent(since: at - limit.window).count
            return "\(count) of \(limit.count) restarts in \(limit.window.text)"
        }
        return .open("the fleet has used " + parts.joined(separator: ", "))
    }

    private var promised: Int { load.gathering.subtracting([request.graphID]).count }

    /// The windows of POSTs without room for this request. A stop needs room for its start too: a
    /// graph must not stay stopped because of a limit.
    func usedUpPosts() -> [HoldReason] {
        // The start itself is what the room was kept for.
        let isStart = record.phase.stopped != nil
        let others = load.gathering.union(load.startsOwed).subtracting([request.graphID]).count
        let promised = isStart ? 0 : others + (remedy == .stopAndStart ? 1 : 0)
        return policy.posts.compactMap { limit in
            usedUp(limit, load.posts(since: at - limit.window), promised) {
                .postsUsed(count: $0, limit: limit, until: $1)
            }
        }
    }

    /// The rung was chosen because there is room.
    private func cancels() -> GateVerdict {
        let parts = policy.ladder.cancels.map { limit in
            "\(load.cancels(since: at - limit.window).count) of \(limit.count) cancelled tasks in "
                + limit.window.text
        }
        return .open("the fleet has used " + parts.joined(separator: ", "))
    }

    private func usedUp(
        _ limit: WindowLimit,
        _ moments: [Timestamp],
        _ promised: Int,
        _ reason: (Int, Timestamp?) -> HoldReason
    ) -> HoldReason? {
        let count = moments.count + promised
        guard count >= limit.count else { return nil }
        return reason(count, limit.roomAt(after: moments))
    }

    /// A person who agreed passes a soft storm, which asks for one. A hard storm is left only by
    /// itself.
    func breaker() -> GateVerdict {
        if let storm, storm.level == .hard || !isAgreed {
            return .closed(.storm(StormReport(storm)))
        }
        let others = canaries
        if !others.isEmpty { return .closed(.canary(of: others)) }
        return .open("no storm: fewer graphs became sick than \(policy.breaker.soft.graphs)")
    }

    /// An approval or an order passes: a person has judged the case.
    func efficacy() -> GateVerdict {
        let efficacy = load.efficacy
        guard efficacy.isPoor else {
            return efficacy.count == 0
                ? .notApplicable
                : .open(
                    "\(efficacy.failed.count) of the \(efficacy.count) graphs restarted last did "
                        + "not come back"
                )
        }
        if isAgreed { return .open("a person agreed") }
        return .closed(
            .ineffective(
                graphs: efficacy.failed.map(\.graphID),
                of: efficacy.count,
                until: efficacy.until
            )
        )
    }

    /// The worst storm of the populations that the graph belongs to.
    var storm: Storm? {
        populations.storms(on: graph?.path, policy.breaker).first
    }

    /// The restarts in progress that must be verified first, because a storm has just passed.
    private var canaries: [GraphID] {
        let scopes = populations.canaries(on: graph?.path, policy.breaker)
        guard !scopes.isEmpty else { return [] }
        return load.inFlight.subtracting([request.graphID])
            .filter { id in scopes.contains { $0.contains(view.graphs[id]) } }
            .sorted()
    }
}
