import Remediation
import Rules
import Series

extension Cycle {
    /// Applies new settings. Alerts are carried over as in Prometheus, and the inventory is kept,
    /// unless the settings point at another cloud or reach the data plane in another way. Then
    /// samples, alerts, the inventory and polls in progress are discarded and observation starts
    /// over, as after a start. Discarding them can only delay a restart.
    mutating func adopt(_ new: CycleSettings, at elapsed: Duration) {
        let looksElsewhere = settings.vantage != new.vantage
        settings = new
        rules.replaceFiles(new.ruleFiles, options: new.ruleOptions)
        series.retention = new.retention
        guard looksElsewhere else { return }
        inventory = Inventory()
        rules.reset()
        series.removeAll()
        written = WrittenSamples()
        readableSince = elapsed
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
