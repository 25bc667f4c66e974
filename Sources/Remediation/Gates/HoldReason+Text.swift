import Time

extension HoldReason: CustomStringConvertible {
    /// One plain sentence with the numbers.
    package var description: String {
        switch self {
        case .unknownGraph: "the agent has never seen this graph"
        case .modeOff: "mode is off"
        case .notSelected: "no entry of graphs in the configuration matches it"
        case .detectOnly(let cause): "the agent watches but does not act: \(cause)"
        case .paused(let pause): pause.description
        case .externalHold(let hold): hold.description
        case .shadow: "mode is shadow: decided and recorded, but not sent"
        case .blind, .staleReading, .neverReached, .staleProbe, .answering, .statusNotEligible,
            .classMismatch:
            evidenceText
        case .startupGrace(let until): "observing until \(until) after a start or a gap in sight"
        case .stateChangeGrace(let code, let until):
            "its status became \(code) only lately; left alone until \(until)"
        case .busy, .coolingDown, .waiting, .suspended, .externalAction, .stalled, .exhausted,
            .attemptsUsed:
            historyText
        case .concurrency, .budgetUsed, .storm: fleetText
        case .approvalPending(let since):
            since.map { "a person has to agree; asked at \($0)" } ?? "a person has to agree"
        case .vetoPeriod(let until):
            until.map { "announced; may be vetoed until \($0)" } ?? "has to be announced first"
        }
    }

    private var evidenceText: String {
        switch self {
        case .blind: "the agent sees nothing at the moment"
        case .staleReading(.some(let observedAt), let freshness):
            "its last reading is from \(observedAt), older than \(freshness.text)"
        case .staleReading(.none, _): "it was never read successfully"
        case .neverReached:
            "no probe ever reached it, so a hang cannot be told from a missing route"
        case .staleProbe(let at, let freshness):
            "its last probe is from \(at), older than \(freshness.text)"
        case .answering(let at): "said to be unresponsive, yet it answered the probe of \(at)"
        case .statusNotEligible(let code): "a restart is not allowed in status \(code)"
        case .classMismatch(let hangClass, let code):
            "the alert speaks of class \(hangClass.rawValue), which goes with status "
                + "\(hangClass.expectedStatusCode), but its status is \(code)"
        default: label
        }
    }

    private var historyText: String {
        switch self {
        case .busy(let phase): "a restart of it is under way (\(phase))"
        case .coolingDown(let until, let attempt, let outcome):
            "cooling down until \(until) after attempt \(attempt), which \(outcome.text)"
        case .waiting(let until, let cause): "waiting until \(until): \(cause)"
        case .suspended(let until, let by, let reason):
            "suspended until \(until) by \(by): \(reason)"
        case .externalAction(let since): "stopped or started by somebody else since \(since)"
        case .stalled(let since): "the last restart stalled at \(since); a person must acknowledge"
        case .exhausted(let since):
            "the attempts were used up at \(since); a person must acknowledge"
        case .attemptsUsed(let count, let limit, let until):
            "\(count) of \(limit.count) attempts in \(limit.window.text) are used up"
                + until.orNothing
        default: label
        }
    }

    private var fleetText: String {
        switch self {
        case .concurrency(let inFlight, let limit):
            "\(inFlight.count) of \(limit) restarts at once are under way" + inFlight.afterColon
        case .budgetUsed(let count, let limit, let until):
            "\(count) of \(limit.count) restarts of the fleet in \(limit.window.text) are used up"
                + until.orNothing
        case .storm(.hard, let sick, let threshold):
            "\(sick) graphs look sick, at \(threshold) nothing is restarted any more: "
                + "the cause is likely a common one"
        case .storm(.soft, let sick, let threshold):
            "\(sick) graphs look sick, from \(threshold) on a person has to agree"
        default: label
        }
    }
}

extension [GraphID] {
    /// Names the first few only: the sentence stays one line however large the fleet is.
    fileprivate var afterColon: String {
        guard !isEmpty else { return "" }
        let named = prefix(3).map(\.rawValue).joined(separator: ", ")
        return count > 3 ? ": \(named) and \(count - 3) more" : ": \(named)"
    }
}

extension Timestamp? {
    fileprivate var orNothing: String {
        map { " until \($0)" } ?? ""
    }
}
