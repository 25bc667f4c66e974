import Remediation
import Rules
import Time

extension Cycle {
    /// Updates what holds graphs from outside: windows that opened or closed, and silences.
    mutating func noteHolds(_ turn: inout Turn) {
        for report in turn.input.silences { silences.receive(report) }
        silences.expire(after: settings.silenceMemory, at: turn.now)
        noteTroubles(&turn)
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
            let next = state.nextChange.map { "\($0)" } ?? "not within a year"
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

    private mutating func noteTroubles(_ turn: inout Turn) {
        let failing = Set(silences.answers.filter { !$0.value }.keys)
        for url in failing.subtracting(reportedAlertmanagers).sorted() {
            let line = silences.troubles.first { $0.contains(url) } ?? ""
            turn.log.append(
                LogLine(
                    .warning,
                    "An Alertmanager cannot be asked for silences",
                    ["alertmanager": url, "err": line]
                )
            )
        }
        for url in reportedAlertmanagers.subtracting(failing).sorted() {
            turn.log.append(
                LogLine(.info, "An Alertmanager answers again", ["alertmanager": url])
            )
        }
        reportedAlertmanagers = failing
    }

    /// What maintenance windows say of a graph whose scopes include these windows.
    func maintenanceHolds(
        _ windows: [Int],
        _ policy: Policy?,
        at now: Timestamp
    ) -> [ExternalHold] {
        let observe = (policy ?? settings.defaultPolicy).freshObservation
        return windows.compactMap { index in
            guard maintenance.indices.contains(index) else { return nil }
            let state = maintenance[index]
            if state.isOpen {
                return .maintenance(window: state.name, ends: state.nextChange, observe: observe)
            }
            guard let closedAt = state.closedAt, now < closedAt + observe else { return nil }
            return .maintenanceEnded(window: state.name, at: closedAt, until: closedAt + observe)
        }
    }
}

extension CycleSettings {
    /// Of any graph, after a window has closed.
    var longestObserve: Duration {
        ([defaultPolicy] + graphs.map(\.policy)).map(\.freshObservation).max() ?? .zero
    }

    /// For how long silences count of an Alertmanager that does not answer.
    var silenceMemory: Duration { evaluationInterval * 4 }
}
