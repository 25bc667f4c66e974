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
    /// Whether a person was asked about this hang because of the precision. A hold may have withdrawn
    /// the question meanwhile. A question for a reason that has passed needs no answer.
    private var isAsked: Bool {
        guard let open = record.openDecision, open.isAskedForPrecision else { return false }
        if case .awaitingApproval = record.phase { return true }
        return open.isPending && open.course == .asked
    }
}

extension HoldReason {
    var isImprecise: Bool {
        if case .imprecise = self { true } else { false }
    }
}

extension Machine {
    /// Whether the policy requires no precision, or the decisions have it.
    func mayActAlone(on graph: GraphView, under policy: Policy, _ hangClass: HangClass) -> Bool {
        let score = scorecard.score(hangClass, entry: graph.entry ?? "")
        return policy.requirement?.isMet(by: score) ?? true
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
        let unread = score.unread > 0 ? "; \(score.unread) cannot be read by this version" : ""
        return "\(known)\(unread); \(needed)"
    }
}

extension Proportion {
    fileprivate var shares: String {
        "\(Self.percent(value)) (at least \(Self.percent(lowerBound)) with 95 % confidence)"
    }
}
