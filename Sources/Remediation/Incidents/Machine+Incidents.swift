import Diagnosis
package import Time

/// What people hear about requests that are held, and when they hear it.
extension Machine {
    /// Counts and tells a new first reason at once, and tells once more when the hold lasts too
    /// long.
    mutating func noteHold(
        _ request: RestartRequest,
        _ reasons: [HoldReason],
        _ step: inout Step
    ) {
        guard let first = reasons.first else { return }
        let id = request.graphID
        keepKillCost(reasons, of: id)
        var incident = incidents[id] ?? Incident(since: step.at)
        if incident.holdLabel != first.label {
            incident.holdLabel = first.label
            counters.suppressed[first.label, default: 0] += 1
            tell(request, first, &incident, &step)
        }
        let heldSince = incident.heldSince ?? step.at
        incident.heldSince = heldSince
        if first.isWorthTelling, !incident.wasToldTooLong,
            step.at - heldSince >= Timing.holdPatience(request.hangClass)
        {
            incident.wasToldTooLong = true
            let why = reasons.map(\.description).joined(separator: "; ")
            let detail = "\(request.alertname) has been held since \(heldSince): \(why)"
            audit(.heldTooLong, id, &step, reason: first.label, detail)
        }
        incidents[id] = incident
    }

    private mutating func tell(
        _ request: RestartRequest,
        _ reason: HoldReason,
        _ incident: inout Incident,
        _ step: inout Step
    ) {
        let id = request.graphID
        if reason == .shadow {
            incident.wasShadowed = true
            let what: String
            if case .shadow(let intent) = decisions[id], intent.action != .restart {
                what = "the next rung would be taken now (\(intent.noun))"
            } else {
                what = "would be restarted now"
            }
            let detail = "\(what): \(request)"
            audit(.wouldRestart, id, &step, reason: request.hangClass.rawValue, detail)
        } else if reason.isWorthTelling, !reason.isToldElsewhere {
            incident.wasTold = true
            let detail = "\(request.alertname) asks for a restart, but \(reason)"
            audit(.held, id, &step, reason: reason.label, detail)
        }
    }

    /// How long a hold lasts before people should know of it.
    package static let noticeableHold: Duration = .seconds(30 * 60)

    /// Since when a restart that is asked for has been held without a break; nil if none is, or if
    /// the configuration or a person wants it so for a time.
    package func heldSince(_ id: GraphID) -> Timestamp? {
        guard case .hold(let reasons)? = decisions[id], let first = reasons.first,
            first.isWorthTelling, !reasons.contains(where: \.isPlanned)
        else { return nil }
        return incidents[id]?.heldSince
    }

    /// Whether no alert asks for a restart of the graph, or may ask again by itself.
    func hasEnded(_ id: GraphID, _ step: Step) -> Bool {
        requests[id] == nil && !step.view.undecided.contains(id)
    }

    /// A graph that lists its tasks works on, and each poll makes them dearer. Only what is an hour
    /// dearer is worth a write.
    private mutating func keepKillCost(_ reasons: [HoldReason], of id: GraphID) {
        for case .killCost(let cost, _, _) in reasons {
            let known = records[id]?.heldKillCost
            guard known.map({ cost.work - $0.work >= .seconds(3600) }) ?? true else { continue }
            update(id) { $0.heldKillCost = cost }
        }
    }

    /// What was not sent for one alert says nothing about the next.
    private mutating func forgetUnsent(_ step: Step) {
        let records = awakeRecords
        for (id, record) in records
        where record.unsentInARow > 0 && record.phase == .idle && hasEnded(id, step) {
            update(id) { $0.unsentInARow = 0 }
        }
        for (id, record) in records
        where record.heldKillCost != nil && step.view.graphs[id]?.verdict == .healthy {
            update(id) { $0.heldKillCost = nil }
        }
    }

    /// An alert that ends without a restart is worth a line: it says how often a restart would
    /// have been wrong.
    mutating func closeIncidents(_ step: inout Step) {
        forgetUnsent(step)
        for id in incidents.keys.sorted() where hasEnded(id, step) {
            guard let incident = incidents.removeValue(forKey: id), !incident.hasActed,
                incident.wasShadowed || incident.wasTold
            else { continue }
            let reason = incident.wasShadowed ? "shadow" : "held"
            let lasted = (step.at - incident.since).text
            let detail = "the alert ended after \(lasted) without a restart"
            if let doubt = step.doubtOfRecovery(of: id) {
                audit(.released, id, &step, reason: reason, detail + "; " + doubt)
            } else {
                audit(.recoveredAlone, id, &step, reason: reason, detail)
            }
        }
    }
}

extension Step {
    /// Why it is not known that the graph has recovered; nil if it has.
    fileprivate func doubtOfRecovery(of id: GraphID) -> String? {
        guard let graph = reading(of: id, after: .distantPast) else {
            return view.isGone(id)
                ? "the graph is gone" : "whether it recovered is not known, because it is not seen"
        }
        switch graph.verdict {
        case .healthy, .busy: return nil
        default: return "the graph has not recovered: \(graph.verdict)"
        }
    }
}

extension HoldReason {
    /// Whether people want to hear of it. The configuration says by itself that a graph is not
    /// ours to restart.
    fileprivate var isWorthTelling: Bool {
        switch self {
        case .modeOff, .notSelected, .shadow: false
        default: true
        }
    }

    fileprivate var isPlanned: Bool {
        switch self {
        case .externalHold(.maintenance), .externalHold(.silenced): true
        default: false
        }
    }

    /// Whether the question or the announcement has its own line.
    fileprivate var isToldElsewhere: Bool {
        switch self {
        case .approvalPending, .vetoPeriod: true
        default: false
        }
    }
}
