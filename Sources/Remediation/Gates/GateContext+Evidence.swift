import Time

/// Whether we see enough, and whether what we see agrees with what the alert says.
extension GateContext {
    func sight() -> GateVerdict {
        guard let since = view.sightSince else { return .closed(.blind) }
        guard let observedAt = graph?.observedAt, at - observedAt <= view.freshness else {
            return .closed(.staleReading(observedAt: graph?.observedAt, freshness: view.freshness))
        }
        return .open("seen without a gap since \(since), last read at \(observedAt)")
    }

    func status() -> GateVerdict {
        guard let code = graph?.statusCode else { return .closed(.unknownGraph) }
        guard let possible = HangClass(statusCode: code) else {
            return .closed(.statusNotEligible(code))
        }
        guard possible == request.hangClass else {
            return .closed(.classMismatch(request.hangClass, statusCode: code))
        }
        return .open("status \(code) goes with class \(possible.rawValue)")
    }

    /// Only an unresponsive graph can prove the alert wrong by answering: the others are busy, and
    /// may well answer meanwhile. A graph that no probe ever reached may be well: what is missing
    /// may be a route, a firewall rule or a credential of ours.
    func probe() -> GateVerdict {
        guard request.hangClass == .unresponsive else { return .notApplicable }
        if isOrdered { return .open("a person has judged it") }
        guard let probe = graph?.probe else { return .closed(.neverReached) }
        guard at - probe.at <= view.freshness else {
            return .closed(.staleProbe(at: probe.at, freshness: view.freshness))
        }
        return probe.answered
            ? .closed(.answering(at: probe.at))
            : .open("it did not answer the probe of \(probe.at)")
    }

    func startupGrace() -> GateVerdict {
        guard let since = view.sightSince, policy.startupGrace > .zero else {
            return .notApplicable
        }
        let until = since + policy.startupGrace
        if at < until, !isOrdered { return .closed(.startupGrace(until: until)) }
        return .open("observed since \(since)")
    }

    func stateChangeGrace() -> GateVerdict {
        guard let graph else { return .closed(.unknownGraph) }
        guard policy.stateChangeGrace > .zero else { return .notApplicable }
        let until = graph.statusSince + policy.stateChangeGrace
        if at < until, !isOrdered {
            return .closed(.stateChangeGrace(statusCode: graph.statusCode, until: until))
        }
        return .open("its status has been \(graph.statusCode) since \(graph.statusSince)")
    }
}
