/// Gates about what the configuration, a person or another system has decided beforehand.
extension GateContext {
    func known() -> GateVerdict {
        graph.map { .open("known as \"\($0.name)\"") } ?? .closed(.unknownGraph)
    }

    func mode() -> GateVerdict {
        guard graph?.policy != nil else { return .notApplicable }
        guard policy.mode == .off else { return .open("mode is \(policy.mode.rawValue)") }
        return isOrdered ? .overruled : .closed(.modeOff)
    }

    func selection() -> GateVerdict {
        guard graph?.policy == nil else { return .open("an entry of graphs matches it") }
        return isOrdered ? .overruled : .closed(.notSelected)
    }

    /// Not even an order passes: an agent in trouble cannot keep its promises.
    func detectOnly() -> GateVerdict {
        view.detectOnly.map { .closed(.detectOnly($0)) } ?? .open("the agent may act")
    }

    /// An order passes: whoever gives it may know that the credential is good again.
    func credential() -> GateVerdict {
        guard let refusal = load.refusal, at < refusal.until else {
            return load.refusal == nil
                ? .notApplicable : .open("the credential was refused at \(refusalTime)")
        }
        if isOrdered { return .overruled }
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

    /// Not even an order passes: who wants to restart a paused graph resumes it first.
    func pause() -> GateVerdict {
        let covering = pauses.first { $0.scope == .fleet || $0.scope == .graph(request.graphID) }
        if let covering { return .closed(.paused(covering)) }
        return view.acceptsOrders || !pauses.isEmpty ? .open("it is not paused") : .notApplicable
    }

    func externalHold() -> GateVerdict {
        let holds = (view.externalHolds ?? []) + (graph?.externalHolds ?? [])
        let hold = holds.first { hold in
            if case .notLeader = hold { true } else { !isOrdered }
        }
        if let hold { return .closed(.externalHold(hold)) }
        if !holds.isEmpty { return .overruled }
        return view.externalHolds == nil
            ? .notApplicable : .open("no maintenance window and no silence covers it")
    }

    func shadow() -> GateVerdict {
        guard graph?.policy?.mode == .shadow else { return .notApplicable }
        return isOrdered ? .overruled : .closed(.shadow)
    }
}
