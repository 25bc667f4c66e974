import Time

/// What persons say of decisions. The word of a person counts instead of what was seen, and may be
/// given again.
extension Machine {
    mutating func label(
        _ incidentID: String,
        isRight: Bool,
        _ order: Order,
        _ step: Step
    ) -> OrderAnswer {
        guard let id = graph(ofIncident: incidentID),
            let index = records[id]?.decisionIndex(ofIncident: incidentID),
            let decision = records[id]?.decisions[index]
        else { return .unknown("no decision of incident \"\(incidentID)\" is remembered") }
        guard decision.course != .missed else {
            return .refused("nothing was decided in incident \(incidentID): the hang was missed")
        }
        let label = DecisionLabel(
            isRight: isRight,
            by: order.by,
            reason: order.reason,
            at: step.at
        )
        update(id) {
            $0.decisions[index].label = label
            $0.decisions[index].unreadLabel = nil
        }
        counters.count(label, of: decision)
        let seen = decision.judgement.map { "\($0)" }
        return .done(
            "the decision of \(decision.at) counts as \(label.word); what was seen: "
                + (seen ?? "nothing that tells yet")
        )
    }

    /// The graph whose decision was made in this incident; nil if none is remembered. The id of a
    /// graph stands for its newest decision.
    func graph(ofIncident incidentID: String) -> GraphID? {
        if records[GraphID(incidentID)]?.keptDecisions != nil { return GraphID(incidentID) }
        return records.values.first { $0.decisionIndex(ofIncident: incidentID) != nil }?.id
    }
}

extension GraphRecord {
    /// An incident of another agent, or one that was opened when the book was full, is known by the
    /// time in its id: it belongs to the decision whose alert or hang lasted then. An earlier
    /// incident of the graph, in which nothing was decided, belongs to none.
    fileprivate func decisionIndex(ofIncident incidentID: String) -> Int? {
        guard keptDecisions != nil else { return nil }
        if incidentID == id.rawValue { return decisions.indices.last }
        let named = decisions.lastIndex { $0.incidentIDs.contains(incidentID) }
        if let named { return named }
        guard incidentID.hasPrefix("\(id)-"),
            let milliseconds = incidentID.dropFirst(id.rawValue.count + 1)
                .split(separator: "-").first.flatMap({ Int64($0) })
        else { return nil }
        let openedAt = Timestamp(milliseconds: milliseconds)
        return decisions.lastIndex { decision in
            // An incident is opened when its alert fires, by the clock of its agent.
            openedAt >= (decision.alertAt ?? decision.at) - Timing.incidentLead
                && openedAt <= decision.judgement?.at ?? .distantFuture
        }
    }
}
