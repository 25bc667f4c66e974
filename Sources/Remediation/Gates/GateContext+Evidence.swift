import Diagnosis
import Time

/// Gates about whether we see enough, and whether what we see agrees with the alert.
extension GateContext {
    func sight() -> GateVerdict {
        guard let since = view.sightSince else { return .closed(.blind) }
        guard let observedAt = graph?.observedAt, at - observedAt <= view.freshness else {
            return .closed(.staleReading(observedAt: graph?.observedAt, freshness: view.freshness))
        }
        return .open("seen without a gap since \(since), last read at \(observedAt)")
    }

    /// Not even an order passes over an unfit status: GES documents a restart for four of them.
    func status() -> GateVerdict {
        guard let code = graph?.statusCode else { return .closed(.unknownGraph) }
        guard let possible = HangClass(statusCode: code) else {
            return .closed(.statusNotEligible(code))
        }
        guard possible == request.hangClass else {
            return .closed(.classMismatch(request.hangClass, statusCode: code))
        }
        return .open("status \(code) fits class \(possible.rawValue)")
    }

    /// Only an unresponsive graph can disprove the alert by answering: the other classes are busy
    /// graphs, which may well answer. A graph that no probe has ever reached may be healthy: a
    /// route, a firewall rule or a credential of ours may be missing.
    func probe() -> GateVerdict {
        guard request.hangClass == .unresponsive else { return .notApplicable }
        if isOrdered { return .overruled }
        guard let probe = graph?.probe else { return .closed(.neverReached) }
        guard at - probe.at <= view.freshness else {
            return .closed(.staleProbe(at: probe.at, freshness: view.freshness))
        }
        return probe.answered
            ? .closed(.answering(at: probe.at))
            : .open("it did not answer the probe at \(probe.at)")
    }

    /// Without sight the grace period has not started, and the gate `sight` is closed.
    func startupGrace() -> GateVerdict {
        guard let since = view.sightSince, policy.startupGrace > .zero else {
            return .notApplicable
        }
        let until = since + policy.startupGrace
        if at < until { return isOrdered ? .overruled : .closed(.startupGrace(until: until)) }
        return .open("observed since \(since)")
    }

    func stateChangeGrace() -> GateVerdict {
        guard let graph else { return .closed(.unknownGraph) }
        guard policy.stateChangeGrace > .zero else { return .notApplicable }
        let until = graph.statusSince + policy.stateChangeGrace
        if at < until {
            return isOrdered
                ? .overruled
                : .closed(.stateChangeGrace(statusCode: graph.statusCode, until: until))
        }
        return .open("its status has been \(graph.statusCode) since \(graph.statusSince)")
    }
}
