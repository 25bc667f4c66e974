import Diagnosis
import Time

/// Which decisions are recorded, and when the next one about the same graph may be.
extension Machine {
    /// Records that the graph needs a restart, or that the decision about the same hang came
    /// further. What a person orders is not a decision of the agent.
    mutating func noteDecision(
        _ request: RestartRequest,
        _ agreement: Agreement,
        closed: [HoldReason],
        _ move: NextMove,
        _ step: Step
    ) {
        if case .ordered = agreement { return }
        let course: DecisionRecord.Course
        switch move {
        case .proceed: course = .prepared
        case .shadow: course = .shadow
        case .ask: course = .asked
        case .announce: course = .announced
        case .exhaust: course = .held
        case .hold where closed.allSatisfy(\.leavesDecision): course = .held
        case .hold: return
        }
        noteDecision(request.graphID, request.hangClass, course, step)
    }

    mutating func noteDecision(
        _ id: GraphID,
        _ hangClass: HangClass,
        _ course: DecisionRecord.Course,
        _ step: Step
    ) {
        let graph = step.view.graphs[id]
        update(id) { record in
            guard let open = record.openDecision else {
                let made = DecisionRecord(course, hangClass, entry: graph?.entry ?? "", at: step.at)
                let capacity = graph?.keptDecisionCount ?? DecisionRecord.capacity
                return record.append(made, keeping: capacity)
            }
            guard open.isPending, course.rank > open.course.rank else { return }
            record.changeDecision { $0.course = course }
        }
    }

    /// Says in which incident the open decision was made or repeated. Who keeps incidents calls it,
    /// before the changes of the step are written.
    package mutating func noteIncident(_ incidentID: String, of id: GraphID) {
        guard let open = records[id]?.openDecision, !open.incidentIDs.contains(incidentID),
            open.incidentIDs.count < DecisionRecord.maximumIncidents
        else { return }
        update(id) { $0.changeDecision { $0.incidentIDs.append(incidentID) } }
    }

    /// The decision that was made in this incident; nil if none is remembered.
    package func decision(ofIncident incidentID: String, _ id: GraphID) -> DecisionRecord? {
        records[id]?.decisions.last { $0.incidentIDs.contains(incidentID) }
    }

    /// A hang has ended when nothing asks for a restart and the graph was seen without it: an alert
    /// that begins anew meanwhile is about the same hang, and so is one after a time in which nobody
    /// could tell.
    mutating func endDecisions(_ step: Step) {
        for (id, record) in records {
            guard let open = record.openDecision, open.judgement != nil, hasEnded(id, step),
                !record.phase.isFollowed, !record.phase.isInFlight, isOver(open, id, step)
            else { continue }
            update(id) { $0.changeDecision { $0.isOver = true } }
        }
    }

    private func isOver(_ open: DecisionRecord, _ id: GraphID, _ step: Step) -> Bool {
        if step.view.isGone(id) { return true }
        guard let graph = step.reading(of: id, after: open.at) else { return false }
        if graph.statusCode != open.hangClass.expectedStatusCode {
            return !StatusCode.restartTraces.contains(graph.statusCode)
        }
        return open.hangClass == .unresponsive && graph.isAnswering
    }

    /// Counts again if a decision has changed, and now and then, because decisions grow too old.
    mutating func score(at instant: Timestamp) {
        let isOld = instant - scoredAt >= .seconds(3600) || instant < scoredAt
        guard hasNewDecisions || isOld else { return }
        hasNewDecisions = false
        scoredAt = instant
        scorecard = Scorecard(records.values, at: instant)
    }
}

extension GraphView {
    /// So many that the policy of the graph may ask for.
    var keptDecisionCount: Int {
        max(DecisionRecord.capacity, min(policy?.requirement?.decisions ?? 0, Scorecard.window))
    }
}

extension DecisionRecord.Course {
    fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension HoldReason {
    /// Whether a restart was decided all the same: it waits for a person, for room, or for another
    /// mode. Everything else doubts that a restart is due. So does a hard storm: then the cause is
    /// more likely common to the graphs.
    fileprivate var leavesDecision: Bool {
        switch self {
        case .shadow, .approvalPending, .killCost, .fewJobs, .imprecise, .vetoPeriod,
            .attemptsUsed, .ladderEnded, .concurrency, .pathConcurrency, .budgetUsed, .postsUsed,
            .canary:
            true
        case .storm(let storm): storm.level == .soft
        default: false
        }
    }
}
