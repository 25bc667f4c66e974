import Remediation
import Rules
import Time

extension Cycle {
    /// Updates what holds graphs from outside: windows that opened or closed, and silences.
    mutating func noteHolds(_ turn: inout Turn) {
        noteSilences(&turn)
        forgetRemovedWindows(at: turn.now)
        guard !settings.maintenance.isEmpty || !maintenance.isEmpty else { return }
        let states = settings.maintenance.enumerated().map { index, window in
            let known = maintenance.indices.contains(index) ? maintenance[index] : nil
            if let known, known.holds(at: turn.now) { return known }
            return MaintenanceState(window, observe: settings.longestObserve, at: turn.now)
        }
        turn.log += Self.changes(from: maintenance, to: states)
        maintenance = states
    }

    private static func changes(
        from old: [MaintenanceState],
        to new: [MaintenanceState]
    ) -> [LogLine] {
        new.compactMap { state -> LogLine? in
            let wasOpen = old.first { $0.name == state.name }?.isOpen ?? false
            guard state.isOpen != wasOpen else { return nil }
            let next = state.nextChange.map { "\($0)" } ?? "not soon"
            return state.isOpen
                ? LogLine(
                    .info,
                    "A maintenance window is open; its graphs are not restarted",
                    ["name": state.name, "closes": next]
                )
                : LogLine(
                    .info,
                    "A maintenance window has closed; its graphs are observed afresh",
                    ["name": state.name, "opens": next]
                )
        }
    }

    /// Keeps windows whose end by these settings still holds graphs.
    mutating func noteRemovedWindows(by new: CycleSettings, _ turn: inout Turn) {
        let old = zip(settings.maintenance, maintenance).map { (window: $0, state: $1) }
        let ended = RemovedWindow.ended(old, by: new.maintenance, at: turn.now)
        turn.log += ended.map { removed in
            LogLine(
                .info,
                "A reload removed a maintenance window; its graphs are observed afresh",
                ["name": removed.window.name, "closed": "\(removed.closedAt)"]
            )
        }
        removedWindows += ended
        removedWindows = removedWindows.suffix(RemovedWindow.capacity)
    }

    private mutating func forgetRemovedWindows(at now: Timestamp) {
        guard !removedWindows.isEmpty else { return }
        let observe = settings.longestObserve
        guard removedWindows.contains(where: { now >= $0.closedAt + observe }) else { return }
        removedWindows.removeAll { now >= $0.closedAt + observe }
        // They name removed windows by their place.
        policies = [:]
    }

    /// What maintenance windows say of a graph.
    func maintenanceHolds(_ graph: MatchedPolicy, at now: Timestamp) -> [ExternalHold] {
        guard !graph.windows.isEmpty || !graph.removedWindows.isEmpty else { return [] }
        let policy = graph.policy?.policy ?? settings.defaultPolicy
        let observe = policy.freshObservation
        func ended(_ window: String, _ closedAt: Timestamp) -> ExternalHold? {
            guard now < closedAt + observe else { return nil }
            return .maintenanceEnded(window: window, at: closedAt, until: closedAt + observe)
        }
        let states = graph.windows.compactMap { index in
            maintenance.indices.contains(index) ? maintenance[index] : nil
        }
        let holds = states.compactMap { state -> ExternalHold? in
            state.isOpen
                ? .maintenance(window: state.name, ends: state.nextChange, observe: observe)
                : state.closedAt.flatMap { ended(state.name, $0) }
        }
        // A window that was only renamed is still open; its end is yet to come.
        guard !states.contains(where: \.isOpen) else { return holds }
        return holds
            + graph.removedWindows.compactMap { index in
                let removed = removedWindows[index]
                return ended(removed.window.name, removed.closedAt)
            }
    }
}

extension CycleSettings {
    /// Of any graph, after a window has closed.
    var longestObserve: Duration {
        ([defaultPolicy] + graphs.map(\.policy)).map(\.freshObservation).max() ?? .zero
    }
}
