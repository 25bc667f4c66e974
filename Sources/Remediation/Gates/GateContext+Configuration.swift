/// What the configuration, a person or another system has decided beforehand.
extension GateContext {
    func known() -> GateVerdict {
        graph.map { .open("known as \"\($0.name)\"") } ?? .closed(.unknownGraph)
    }

    func mode() -> GateVerdict {
        guard graph?.policy != nil else { return .notApplicable }
        if policy.mode == .off, !isOrdered { return .closed(.modeOff) }
        return .open("mode is \(policy.mode.rawValue)")
    }

    func selection() -> GateVerdict {
        if graph?.policy == nil, !isOrdered { return .closed(.notSelected) }
        return .open("an entry of graphs matches it, or a person named it")
    }

    func detectOnly() -> GateVerdict {
        view.detectOnly.map { .closed(.detectOnly($0)) } ?? .open("the agent may act")
    }

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
        if !holds.isEmpty { return .open("a person has ordered it") }
        return view.externalHolds == nil
            ? .notApplicable : .open("no maintenance window and no silence covers it")
    }

    func shadow() -> GateVerdict {
        guard graph?.policy?.mode == .shadow else { return .notApplicable }
        return isOrdered ? .open("a person has ordered it") : .closed(.shadow)
    }
}
