/// Whether a person has to be asked or told first.
extension GateContext {
    func approval() -> GateVerdict {
        if isAgreed { return .open("a person has agreed") }
        guard policy.mode == .approve || stormLevel == .soft else {
            return .open("nobody has to agree")
        }
        if case .awaitingApproval(let since, _) = record.phase {
            return .closed(.approvalPending(since: since))
        }
        return .closed(.approvalPending(since: nil))
    }

    func veto() -> GateVerdict {
        let period = policy.veto[request.hangClass] ?? .zero
        guard policy.mode == .auto, period > .zero else { return .notApplicable }
        if isAgreed { return .open("a person has agreed") }
        switch record.phase {
        case .countingDown(_, let until) where at < until:
            return .closed(.vetoPeriod(until: until))
        case .countingDown, .gatheringEvidence: return .open("announced, and nobody vetoed it")
        default: return .closed(.vetoPeriod(until: nil))
        }
    }
}
