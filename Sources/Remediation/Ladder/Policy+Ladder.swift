import Time

extension Policy {
    /// What makes no sense of the ladder, as `problems`.
    var ladderProblems: [String] {
        var problems: [String] = []
        if ladder.rungs.isEmpty { problems.append("ladder must name at least one rung") }
        if ladder.rungs != Array(Set(ladder.rungs)).sorted() {
            problems.append("ladder must name each rung once, in the order \(Self.order)")
        }
        if ladder.rungs.contains(.stopAndStart), !ladder.rungs.contains(.restart) {
            problems.append(
                "ladder: stop_and_start follows a restart that did not help, so restart must be named"
            )
        }
        for (kind, limit) in ladder.taskLimits.sorted(by: { $0.key.rawValue < $1.key.rawValue })
        where limit <= .zero {
            problems.append("task_limits.\(kind.rawValue) must be longer than 0s")
        }
        return problems + ladder.cancels.problems(in: "cancels")
    }

    private static let order = Rung.allCases.map(\.rawValue).joined(separator: ", ")

    /// Rungs that are named and never taken.
    var ladderCautions: [String] {
        var cautions: [String] = []
        if ladder.rungs.contains(.stopAndStart) {
            if let limit = maxAttempts.first(where: { $0.count < 2 && $0.window > cooldown }) {
                cautions.append(
                    "ladder: stop_and_start is never taken, because max_attempts allows"
                        + " \(limit.count) in \(limit.window.text), and the restart before it is one"
                )
            }
            if let limit = posts.first(where: { $0.count < 2 }) {
                cautions.append(
                    "ladder: stop_and_start is never taken, because posts allows \(limit.count) in"
                        + " \(limit.window.text), and it needs two"
                )
            }
        }
        if ladder.rungs.contains(.cancel) {
            if let limit = ladder.cancels.first(where: { $0.count == 0 }) {
                cautions.append(
                    "ladder: cancel is never taken, because cancels allows none in"
                        + " \(limit.window.text)"
                )
            }
        } else if ladder.taskLimits != Ladder().taskLimits {
            cautions.append("task_limits has no effect, because ladder does not name cancel")
        }
        return cautions
    }

    /// Why the recovery after a cancel cannot be seen in time; nil if it can.
    /// - Parameter interval: between two probes of a graph.
    package func unmetCancel(interval: Duration) -> String? {
        let shortest = interval * (verify.probes - 1)
        guard ladder.rungs.contains(.cancel), shortest > Timing.cancelPatience else { return nil }
        return "ladder: a graph has \(Timing.cancelPatience.text) to answer after a cancel, but"
            + " \(verify.probes) probes take \(shortest.text) at least: no cancel could be verified"
    }

    /// The most requests of each action that the ladder allows in any span of this length: of the
    /// fleet and of one graph. Empty for a policy that only restarts.
    package func mostActions(in span: Duration) -> [(action: GraphAction, fleet: Int?, graph: Int?)]
    {
        var most: [(GraphAction, Int?, Int?)] = []
        let (fleet, graph) = (mostRestarts(in: span), mostRestartsOfOneGraph(in: span))
        if ladder.rungs.contains(.cancel) {
            let cancels = ladder.cancels.map { $0.most(in: span) }.min()
            most.append((.cancel, cancels, cancels))
        }
        if ladder.rungs.contains(.stopAndStart) {
            // Each stop follows a restart of the same graph, and each start a stop or a restart.
            most.append((.stop, fleet.map { $0 / 2 }, graph.map { $0 / 2 }))
            let starts = mostPosts(in: span).map { $0 / 2 }
            most.append((.start, [starts, fleet].compactMap(\.self).min(), graph))
        }
        return most
    }
}
