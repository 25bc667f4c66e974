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
        noteDecision(request.graphID, request.hangClass, course, since: request.activeAt, step)
        if course == .asked, closed.contains(where: \.isImprecise) {
            update(request.graphID) { $0.changeDecision { $0.isAskedForPrecision = true } }
        }
    }

    /// - Parameter activeAt: since when the alert has been active; nil for a decision that was noted
    ///   before.
    mutating func noteDecision(
        _ id: GraphID,
        _ hangClass: HangClass,
        _ course: DecisionRecord.Course,
        since activeAt: Timestamp? = nil,
        _ step: Step
    ) {
        let entry = step.view.graphs[id]?.entry ?? ""
        update(id) { record in
            guard let open = record.openDecision else {
                var made = DecisionRecord(course, hangClass, entry: entry, at: step.at)
                made.alertAt = activeAt.map { min($0, step.at) }
                return record.append(made)
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
        for id in awake {
            guard let record = records[id], let open = record.openDecision, open.judgement != nil,
                hasEnded(id, step),
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
    ///
    /// - Returns: whether it has counted.
    @discardableResult
    mutating func score(at instant: Timestamp) -> Bool {
        let isOld = instant - scoredAt >= .seconds(3600) || instant < scoredAt
        guard hasNewDecisions || isOld else { return false }
        hasNewDecisions = false
        scoredAt = instant
        scorecard = Scorecard(records.values, at: instant)
        return true
    }

    /// Keeps the decisions of all graphs so small that whatever they are kept in can be read: what
    /// agents share is read in one answer. Who leads calls it.
    mutating func limitDecisions(at instant: Timestamp) {
        guard scorecard.bytes > Self.decisionBytes else { return }
        var places: [(worth: Int, at: Timestamp, id: GraphID, index: Int)] = []
        for (id, record) in records {
            let decisions = record.decisions
            places += decisions.expendable.map {
                (decisions[$0].worth, decisions[$0].at, id, $0)
            }
        }
        places.sort { ($0.worth, $0.at, $0.id, $0.index) < ($1.worth, $1.at, $1.id, $1.index) }
        var bytes = scorecard.bytes
        var dropped: [GraphID: Set<Int>] = [:]
        for place in places {
            // Not for every decision anew.
            guard bytes > Self.decisionBytes / 8 * 7 else { break }
            bytes -= records[place.id]?.decisions[place.index].bytes ?? 0
            dropped[place.id, default: []].insert(place.index)
            counters.droppedDecisions += 1
        }
        for (id, indices) in dropped {
            update(id) { record in
                let kept = record.decisions.indices.filter { !indices.contains($0) }
                record.decisions = kept.map { record.decisions[$0] }
            }
        }
        score(at: instant)
    }

    /// A fleet of ten thousand graphs has room for about two decisions of each.
    private static let decisionBytes = 8 << 20
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
