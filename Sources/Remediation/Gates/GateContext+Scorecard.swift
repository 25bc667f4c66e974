import Diagnosis

/// The gate about whether decisions were right so far.
extension GateContext {
    /// Only mode `auto` acts without a person, so only `auto` may have to ask. An approval or an
    /// order passes: a person knows the graph.
    func precision() -> GateVerdict {
        guard let requirement = policy.requirement, policy.mode == .auto || policy.mode == .shadow
        else { return .notApplicable }
        let (hangClass, entry) = (request.hangClass, graph?.entry ?? "")
        let score = scorecard.score(hangClass, entry: entry)
        let sentence = requirement.sentence(of: score, hangClass, entry: entry)
        if policy.mode == .shadow {
            let isMet = requirement.isMet(by: score)
            return .open(isMet ? sentence : "mode auto would ask a person: \(sentence)")
        }
        if isAgreed { return .open("a person agreed") }
        // A question that was asked is answered by a person, not by what became of other graphs.
        if requirement.isMet(by: score), !isAsked { return .open(sentence) }
        return .closed(.imprecise(hangClass, entry: entry, score, requirement))
    }
}

extension GateContext {
    /// Whether a person was asked about this hang. A hold may have withdrawn the question meanwhile.
    private var isAsked: Bool {
        if case .awaitingApproval = record.phase { return true }
        return record.openDecision.map { $0.isPending && $0.course == .asked } ?? false
    }
}

extension Requirement {
    /// What is known and what is needed, with both numbers of each.
    func sentence(of score: Scorecard.Score, _ hangClass: HangClass, entry: String) -> String {
        let known =
            score.precision.map {
                "\(score.right) of \(score.judged) \(hangClass.rawValue) decisions for entry "
                    + "\"\(entry)\" were right, \($0.shares)"
            } ?? "no \(hangClass.rawValue) decision for entry \"\(entry)\" is judged yet"
        let needed = "auto needs \(decisions) judged ones and \(Proportion.percent(precision))"
        return "\(known); \(needed)"
    }
}

extension Proportion {
    fileprivate var shares: String {
        "\(Self.percent(value)) (at least \(Self.percent(lowerBound)) with 95 % confidence)"
    }
}
