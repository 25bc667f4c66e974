/// What the configuration, a person or another system has decided beforehand.
extension GateContext {
    func known() -> GateVerdict {
        graph.map { .open("known as \"\($0.name)\"") } ?? .closed(.unknownGraph)
    }

    func mode() -> GateVerdict {
        if graph?.policy == nil { return .open("no mode applies to it") }
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
        return covering.map { .closed(.paused($0)) } ?? .open("nothing is paused")
    }

    func externalHold() -> GateVerdict {
        let holds = view.externalHolds + (graph?.externalHolds ?? [])
        let hold = holds.first { hold in
            if case .notLeader = hold { true } else { !isOrdered }
        }
        return hold.map { .closed(.externalHold($0)) }
            ?? .open("no maintenance window and no silence covers it")
    }

    func shadow() -> GateVerdict {
        if graph?.policy?.mode == .shadow, !isOrdered { return .closed(.shadow) }
        return .open("restarts are sent")
    }
}
