import Diagnosis
import Time

/// Gates about whether a hang is proved, and whether the graph has been observed for long enough.
extension GateContext {
    func diagnosis() -> GateVerdict {
        guard let graph else { return .closed(.unknownGraph) }
        switch graph.verdict {
        case .notEligible, .unknown(.sight, _): return .closed(.undiagnosed(graph.verdict))
        default: break
        }
        if let possible = HangClass(statusCode: graph.statusCode), possible != request.hangClass {
            return .closed(.classMismatch(request.hangClass, statusCode: graph.statusCode))
        }
        guard case .hung(request.hangClass, _) = graph.verdict else {
            return .closed(.undiagnosed(graph.verdict))
        }
        return .open("\(graph.verdict)")
    }

    /// Without sight the grace period has not started, and the gate `diagnosis` is closed.
    func startupGrace() -> GateVerdict {
        guard let since = view.sightSince, policy.startupGrace > .zero else {
            return .notApplicable
        }
        let until = since + policy.startupGrace
        if at < until { return .closed(.startupGrace(until: until)) }
        return .open("observed since \(since)")
    }

    func jobList() -> GateVerdict {
        switch adoption {
        case .needless: .notApplicable
        case .reading(let cause, _):
            .closed(.jobListUnread(cause))
        case .read(let at, _): .open("the job list was read at \(at)")
        case .refused(let cause):
            .open("the job list is refused (\(cause)), so restarts by others may be missed")
        }
    }

    /// An approval or an order passes: a person knows the graph. An operation that is long, such as
    /// an import, hangs only if it takes longer than this graph's own ones usually do.
    func jobHistory() -> GateVerdict {
        let hangClass = request.hangClass
        guard hangClass != .unresponsive, policy.requiredJobs > 0 else { return .notApplicable }
        let ended = graph?.endedJobs?[hangClass]
        if let ended, ended >= policy.requiredJobs {
            return .open("\(ended) \(hangClass.rawValue) jobs of it have ended within a month")
        }
        if isAgreed { return .open("a person agreed") }
        return .closed(.fewJobs(hangClass, ended: ended, needed: policy.requiredJobs))
    }

    func stateChangeGrace() -> GateVerdict {
        guard let graph else { return .closed(.unknownGraph) }
        guard policy.stateChangeGrace > .zero else { return .notApplicable }
        let until = graph.statusSince + policy.stateChangeGrace
        if at < until {
            return .closed(.stateChangeGrace(statusCode: graph.statusCode, until: until))
        }
        return .open("its status has been \(graph.statusCode) since \(graph.statusSince)")
    }
}
