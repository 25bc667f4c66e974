import Diagnosis
import Time

/// Gates about what the configuration, a person or another system has decided beforehand.
extension GateContext {
    func known() -> GateVerdict {
        graph.map { .open("known as \"\($0.name)\"") } ?? .closed(.unknownGraph)
    }

    func mode() -> GateVerdict {
        guard graph?.policy != nil else { return .notApplicable }
        guard policy.mode == .off else { return .open("mode is \(policy.mode.rawValue)") }
        return .closed(.modeOff)
    }

    func selection() -> GateVerdict {
        guard graph?.policy == nil else { return .open("an entry of graphs matches it") }
        return .closed(.notSelected)
    }

    /// Not even an order passes: an agent in trouble cannot keep its promises.
    func detectOnly() -> GateVerdict {
        view.detectOnly.map { .closed(.detectOnly($0)) } ?? .open("the agent may act")
    }

    func credential() -> GateVerdict {
        guard let refusal = load.refusal, at < refusal.until else {
            return load.refusal == nil
                ? .notApplicable : .open("the credential was refused at \(refusalTime)")
        }
        return .closed(
            .credentialRefused(of: refusal.graphID, at: refusal.at, until: refusal.until)
        )
    }

    private var refusalTime: String { load.refusal.map { "\($0.at)" } ?? "" }

    /// Not even an order passes: GES turns away whatever is sent before then.
    func throttle() -> GateVerdict {
        guard let throttle = load.throttle else { return .notApplicable }
        if at < throttle.until {
            return .closed(.throttled(of: throttle.graphID, until: throttle.until))
        }
        return .open("GES asked for a pause until \(throttle.until)")
    }

    /// Not even an order passes: who wants to restart a paused graph resumes it first. What was
    /// seen during a pause says nothing after it: persons pause in order to work on graphs.
    func pause() -> GateVerdict {
        let covering = pauses.first { covers($0.scope) }
        if let covering { return .closed(.paused(covering)) }
        if let ended = endedPauses.values.filter({ covers($0.scope) }).compactMap(\.endedAt).max() {
            let until = ended + policy.freshObservation
            if at < until { return .closed(.pauseGrace(until: until)) }
        }
        return view.acceptsOrders || !pauses.isEmpty ? .open("it is not paused") : .notApplicable
    }

    private func covers(_ scope: PauseScope) -> Bool {
        view.covers(scope, request.graphID)
    }

    func maintenance() -> GateVerdict {
        externalHold(
            .maintenance,
            isAsked: view.hasMaintenanceWindows,
            "no maintenance window covers it"
        )
    }

    func silence() -> GateVerdict {
        externalHold(.silence, isAsked: view.readsSilences, "no silence matches")
    }

    func blockingAlert() -> GateVerdict {
        externalHold(
            .blockingAlert,
            isAsked: view.hasBlockingAlerts,
            "no alert with remediate: block fires"
        )
    }

    func provider() -> GateVerdict {
        externalHold(.provider, isAsked: true, "the cloud answers")
    }

    func leadership() -> GateVerdict {
        externalHold(.leadership, isAsked: view.hasLeader, "no other agent is the leader")
    }

    private func externalHold(_ gate: Gate, isAsked: Bool, _ free: String) -> GateVerdict {
        let hold = (view.externalHolds + (graph?.externalHolds ?? [])).first { $0.gate == gate }
        if let hold { return .closed(.externalHold(hold)) }
        return isAsked ? .open(free) : .notApplicable
    }

    func shadow() -> GateVerdict {
        guard graph?.policy?.mode == .shadow else { return .notApplicable }
        return isOrdered ? .open("a person ordered it") : .closed(.shadow)
    }
}
