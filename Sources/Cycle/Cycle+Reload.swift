import Remediation
import Rules
import Series

extension Cycle {
    /// Puts new settings into force. Alerts are carried over as Prometheus does, and what is known of
    /// the graphs stays known, unless the new settings look at another cloud or by another way. Then
    /// samples, alerts and the inventory say nothing about what will be seen, nor does a poll that
    /// began before; observation begins anew, as after a start. Forgetting can only delay.
    mutating func adopt(_ new: CycleSettings, _ turn: inout Turn) {
        let looksElsewhere = settings.vantage != new.vantage
        settings = new
        rules.replaceFiles(new.ruleFiles, options: new.ruleOptions)
        series.retention = new.retention
        guard looksElsewhere else { return }
        inventory = Inventory()
        rules.startAnew()
        series.removeAll()
        written = WrittenSamples()
        turn.readings = nil
        readableSince = turn.clock.elapsed
    }

    /// Why the cycle must not change over to the settings now; nil when it may. A restart that is in
    /// progress in one project cannot be tracked in another.
    package func objection(to new: CycleSettings) -> String? {
        let (old, new) = (settings.vantage, new.vantage)
        guard old.projectID != new.projectID || old.region != new.region else { return nil }
        let busy = machine.inFlight.sorted().map(\.rawValue)
        guard !busy.isEmpty else { return nil }
        return "cloud: the project or region cannot change while restarts are in progress: "
            + busy.joined(separator: ", ")
    }
}
