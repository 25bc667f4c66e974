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
        guard hangClass != .unresponsive else { return .notApplicable }
        if isAgreed { return .open("a person agreed") }
        let ended = graph?.endedJobs?[hangClass]
        guard let ended, let p99 = ended.p99, ended.count >= policy.requiredJobs else {
            return policy.requiredJobs == 0
                ? .notApplicable
                : .closed(.fewJobs(hangClass, ended: ended?.count, needed: policy.requiredJobs))
        }
        // Whoever asks may not know what is normal for this graph.
        let normal = p99 * Timing.normalFactor
        let since = graph?.statusSince ?? at
        guard at - since >= normal else {
            return .closed(.normalDuration(hangClass, p99: p99, until: since + normal))
        }
        return .open("\(ended.count) \(hangClass.rawValue) jobs of it took up to \(p99.text) (p99)")
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
