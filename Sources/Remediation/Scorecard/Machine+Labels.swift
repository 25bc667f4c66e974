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
            let index = records[id]?.decisions.lastIndex(where: { $0.incidentID == incidentID }),
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
        update(id) { $0.decisions[index].label = label }
        counters.count(label, of: decision)
        let seen = decision.judgement.map { "\($0.reason.outcome.rawValue): \($0.reason)" }
        return .done(
            "the decision of \(decision.at) counts as \(label.word); what was seen: "
                + (seen ?? "nothing that tells yet")
        )
    }

    /// The graph whose decision was made in this incident; nil if none is remembered.
    func graph(ofIncident incidentID: String) -> GraphID? {
        records.values.first { record in
            record.keptDecisions?.contains { $0.incidentID == incidentID } ?? false
        }?.id
    }
}
