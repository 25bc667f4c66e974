/// Gates about whether a person must approve the restart, or be told of it, first.
extension GateContext {
    /// A soft storm asks for approval whatever the mode is.
    func approval() -> GateVerdict {
        if isAgreed { return .open("a person agreed") }
        guard policy.mode == .approve || storm?.level == .soft else {
            return .open("no approval is needed")
        }
        if case .awaitingApproval(let since, _) = record.phase {
            return .closed(.approvalPending(since: since))
        }
        return .closed(.approvalPending(since: nil))
    }

    /// Only mode `auto` announces: in mode `approve` the question is the announcement.
    func veto() -> GateVerdict {
        guard policy.announces(request.hangClass) else { return .notApplicable }
        if isAgreed { return .open("a person agreed") }
        switch record.phase {
        case .countingDown(_, let until) where at < until:
            return .closed(.vetoPeriod(until: until))
        case .countingDown, .gatheringEvidence: return .open("announced, and nobody vetoed it")
        default: return .closed(.vetoPeriod(until: nil))
        }
    }
}
