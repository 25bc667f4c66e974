import Time

/// Pauses close a gate and end what is only being prepared. A restart that was decided cannot be
/// called back, and has to be followed.
extension Machine {
    /// Replaces an earlier pause of the same scope.
    mutating func pause(
        _ scope: PauseScope,
        until: Timestamp,
        _ order: Order,
        _ step: inout Step
    ) -> OrderAnswer {
        if until <= step.at { return .refused("\(until) has passed") }
        if until - step.at > Pause.longest {
            return .refused("a pause lasts \(Pause.longest.text) at most; \(until) is too late")
        }
        if let answer = step.view.lacks(scope) { return answer }
        let others = pauses.filter { $0.scope != scope }
        guard others.count < Pause.most else {
            return .refused("\(Pause.most) pauses are in force; resume some, or pause the fleet")
        }
        var pause = Pause(
            scope: scope,
            by: order.by,
            reason: order.reason,
            since: step.at,
            until: until
        )
        pause.announced = Pause.announcements.count { until - step.at <= $0 }
        pauses = (others + [pause]).sorted { $0.scope < $1.scope }
        pending.pauses = keptPauses
        let stopped = stopPreparations(scope, step)
        var answer = OrderAnswer.done("")
        answer.inFlight = restartsInFlight(scope, step.view)
        answer.until = until
        answer.text =
            "paused until \(until); " + Self.inProgress(answer.inFlight.count)
            + (stopped > 0 ? "; \(stopped) in preparation stopped" : "")
        return answer
    }

    /// Whoever pauses has to know what goes on all the same.
    private static func inProgress(_ count: Int) -> String {
        switch count {
        case 0: "no restart is in progress"
        case 1: "1 restart in progress goes on"
        default: "\(count) restarts in progress go on"
        }
    }

    /// What was asked, announced or collected before a pause says nothing after it.
    mutating func stopPreparations(_ scope: PauseScope, _ step: Step) -> Int {
        // The leader does, once it knows of the pause.
        if step.view.isObserving { return 0 }
        let covered = records.keys.filter { id in
            phase(of: id).withoutPreparation != phase(of: id)
                && step.view.covers(scope, id)
        }
        for id in covered { move(id, to: phase(of: id).withoutPreparation) }
        return covered.count
    }

    mutating func resume(_ scope: PauseScope, _ step: Step) -> OrderAnswer {
        guard let pause = pauses.first(where: { $0.scope == scope }) else {
            let wider = scope.graphID.flatMap { id in
                pauses.first { step.view.covers($0.scope, id) }
            }
            let other = wider ?? (scope == .fleet ? nil : pauses.first { $0.scope == .fleet })
            return .refused(
                "it is not paused" + (other.map { ", but \($0.scope) is; resume that" } ?? "")
            )
        }
        end(pause, step)
        pending.pauses = keptPauses
        return .done("resumed; what it covered is observed anew before anything is restarted")
    }

    private mutating func end(_ pause: Pause, _ step: Step) {
        pauses.removeAll { $0.scope == pause.scope }
        endedPauses[pause.scope] = pause.ended(at: step.at)
        guard endedPauses.count > Pause.most else { return }
        // One that ended longest ago gives way to an end of everything at its time: observing too
        // much is better than observing too little.
        let oldest = endedPauses.values.filter { $0.scope != .fleet }
            .min { $0.until == $1.until ? $0.scope < $1.scope : $0.until < $1.until }
        guard let oldest, let endedAt = oldest.endedAt else { return }
        endedPauses[oldest.scope] = nil
        if endedPauses[.fleet]?.endedAt ?? .distantPast < endedAt {
            endedPauses[.fleet] = Pause(
                scope: .fleet,
                by: oldest.by,
                reason: oldest.reason,
                since: oldest.since,
                until: endedAt
            )
            .ended(at: endedAt)
        }
    }

    /// A pause ends by itself, and says so, before and then: people must not believe that it still
    /// holds. While it lasts they are reminded of it.
    mutating func tendPauses(_ step: inout Step) {
        if !endedPauses.isEmpty {
            endedPauses = endedPauses.filter { !$0.value.isForgotten(at: step.at) }
        }
        let over = pauses.filter { $0.until <= step.at }
        for pause in over {
            end(pause, step)
            let detail = "the pause of \(pause.scope) by \(pause.by) ended"
            audit(.released, pause.scope.graphID, &step, reason: "paused", detail)
        }
        var hasTold = false
        for index in pauses.indices {
            var pause = pauses[index]
            if announceEnd(&pause, &step) { hasTold = true }
            if remind(&pause, &step) { hasTold = true }
            pauses[index] = pause
        }
        if hasTold || !over.isEmpty { pending.pauses = keptPauses }
    }

    private mutating func announceEnd(_ pause: inout Pause, _ step: inout Step) -> Bool {
        let due = Pause.announcements.count { pause.until - step.at <= $0 }
        guard due > pause.announced ?? 0 else { return false }
        pause.announced = due
        let detail = "the pause of \(pause.scope) by \(pause.by) ends at \(pause.until)"
        audit(.pauseEnding, pause.scope.graphID, &step, reason: "paused", detail)
        return true
    }

    private mutating func remind(_ pause: inout Pause, _ step: inout Step) -> Bool {
        let days = pause.days(at: step.at)
        guard days > pause.remindedDays ?? 0 else { return false }
        pause.remindedDays = days
        let detail =
            "\(pause.scope) has been paused since \(pause.since) by \(pause.by), until"
            + " \(pause.until): \(pause.reason)"
        audit(.pauseLasting, pause.scope.graphID, &step, reason: "paused", detail)
        return true
    }

    /// Those in force and those that ended, as they are kept on disk.
    var keptPauses: [Pause] {
        pauses + endedPauses.values.sorted { $0.scope < $1.scope }
    }

    /// Takes what an earlier process left on disk.
    mutating func restore(_ kept: [Pause], at instant: Timestamp) {
        pauses = kept.filter { $0.endedAt == nil }
        for pause in kept where pause.endedAt != nil && !pause.isForgotten(at: instant) {
            endedPauses[pause.scope] = pause
        }
    }

    /// The restarts that a pause of this scope leaves in progress.
    package func restartsInFlight(_ scope: PauseScope, _ view: FleetView) -> [RestartInFlight] {
        records.values
            .filter { $0.phase.isInFlight && view.covers(scope, $0.id) }
            .compactMap { RestartInFlight($0) }
            .sorted { $0.graphID < $1.graphID }
    }

    /// The number of listed graphs that a pause of this scope holds.
    package func graphCount(_ scope: PauseScope, in view: FleetView) -> Int {
        view.graphs.keys.count { view.covers(scope, $0) }
    }

    /// The pauses that hold a graph.
    package func pauses(of id: GraphID, in view: FleetView) -> [Pause] {
        pauses.filter { view.covers($0.scope, id) }
    }
}

extension Pause {
    /// Longer than any observation that a policy may ask for.
    private static let longestObservation: Duration = .seconds(14 * 86_400)

    /// Whether it ended so long ago that it says nothing any more.
    fileprivate func isForgotten(at instant: Timestamp) -> Bool {
        endedAt.map { instant - $0 >= Self.longestObservation } ?? false
    }
}

extension RestartInFlight {
    /// nil while nothing was decided.
    fileprivate init?(_ record: GraphRecord) {
        guard let intent = record.phase.intent else { return nil }
        graphID = record.id
        graphName = intent.graphName
        attempt = intent.attempt
        phase = record.phase.label
        latestLanding =
            switch record.phase {
            case .intended, .unknownOutcome: intent.createdAt + Timing.landingBound
            case .restarting(let restarting) where !restarting.sawTransition:
                restarting.since + Timing.changeBound
            default: nil
            }
    }
}

extension FleetView {
    /// Whether a pause of this scope holds the graph. One of an entry that the configuration no
    /// longer has holds every graph: which ones it was about is not known any more.
    func covers(_ scope: PauseScope, _ id: GraphID) -> Bool {
        switch scope {
        case .fleet: true
        case .entry(let name): !entries.contains(name) || graphs[id]?.entry == name
        case .graph(let graph): graph == id
        }
    }

    /// The answer to an order about something that is neither listed nor configured; nil if it is.
    fileprivate func lacks(_ scope: PauseScope) -> OrderAnswer? {
        switch scope {
        case .fleet: nil
        case .graph(let id): graphs[id] == nil ? unknown(id) : nil
        case .entry(let name):
            entries.contains(name)
                ? nil
                : .unknown(
                    "no entry of graphs in the configuration is named \"\(name)\"; an entry is"
                        + " paused by its key name"
                )
        }
    }

    /// A graph may exist that is not listed.
    func unknown(_ id: GraphID) -> OrderAnswer {
        .unknown(
            "no graph with the id \"\(id)\" is listed"
                + (sightSince == nil || !isWhole ? "; not all graphs can be listed now" : "")
        )
    }
}
