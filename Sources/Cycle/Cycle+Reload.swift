import Diagnosis
import Remediation
import Rules
import Series

extension Cycle {
    /// Applies new settings. Alerts are carried over as in Prometheus, and the inventory is kept,
    /// unless the settings point at another cloud or reach the data plane in another way. Then
    /// samples, alerts, the inventory and polls in progress are discarded and observation starts
    /// over, as after a start. Discarding them can only delay a restart.
    mutating func adopt(_ new: CycleSettings, _ turn: inout Turn) {
        let looksElsewhere = settings.vantage != new.vantage
        turn.log += modeChanges(to: new)
        noteRemovedWindows(by: new, &turn)
        settings = new
        entryNames = new.entryNames
        hasBlockingRules = new.hasBlockingRules
        askingRules = Self.askingRules(new.ruleFiles)
        turn.log += pausesWithoutEntry
        machine.credentialWasReplaced()
        policies = [:]
        maintenance = []
        silences.keep(new.alertmanagers, at: turn.now)
        rules.replaceFiles(new.ruleFiles, options: new.ruleOptions)
        areAlertsUnsaved = true
        series.retention = new.retention
        diagnosis.interval = new.interval
        if !new.readsCloudEye { delayed.keep(in: &series) { _ in false } }
        if !new.readsNodeMetrics { nodes.keep(in: &series) { _ in false } }
        guard looksElsewhere else { return }
        inventory.startOver()
        provider = ProviderWatch()
        jobs = KnownJobs()
        diagnosis.startOver()
        rules.reset()
        series.removeAll()
        restored = RestoredSamples()
        written = WrittenSamples()
        delayed.forgetSeries()
        nodes.forgetSeries()
        readableSince = turn.clock.elapsed
        (hasEvaluated, hasAnswer, isSelfTestLogged) = (false, false, false)
    }

    /// An entry that was renamed or removed: what it selected is not known, so its pause holds all.
    var pausesWithoutEntry: [LogLine] {
        machine.pauses.compactMap { pause in
            guard case .entry(let name) = pause.scope, !entryNames.contains(name) else {
                return nil
            }
            return LogLine(
                .warning,
                "A pause names an entry of graphs that is not configured; it holds every graph",
                ["entry": name, "by": pause.by, "until": "\(pause.until)"]
            )
        }
    }

    /// One line for each graph whose mode changes, sorted by graph id, and one for the rest if
    /// there are many.
    private func modeChanges(to new: CycleSettings) -> [LogLine] {
        let changes = inventory.sorted.compactMap { entry -> LogLine? in
            let (from, to) = (Self.mode(of: entry, settings), Self.mode(of: entry, new))
            guard from != to else { return nil }
            return LogLine(
                .info,
                "The mode of a graph changed by a reload",
                [
                    "graph_id": entry.graph.id, "graph_name": entry.graph.name, "from": from,
                    "to": to,
                ]
            )
        }
        let omitted = changes.count - Self.maximumModeLines
        guard omitted > 0 else { return changes }
        let rest = LogLine(
            .info,
            "The mode of further graphs changed by a reload",
            ["graphs": "\(omitted)"]
        )
        return changes.prefix(Self.maximumModeLines) + [rest]
    }

    private static let maximumModeLines = 100

    private static func mode(of entry: Inventory.Entry, _ settings: CycleSettings) -> String {
        settings.policy(for: entry.graph)?.mode.rawValue ?? "unselected"
    }

    /// Why these settings cannot be applied now; nil if they can. A restart in progress in one
    /// project cannot be tracked in another.
    package func objection(to new: CycleSettings) -> String? {
        let (old, new) = (settings.vantage, new.vantage)
        guard old.projectID != new.projectID || old.region != new.region else { return nil }
        let busy = machine.inFlight.sorted().map(\.rawValue)
        guard !busy.isEmpty else { return nil }
        return "cloud: the project or region cannot change while restarts are in progress: "
            + busy.joined(separator: ", ")
    }
}
