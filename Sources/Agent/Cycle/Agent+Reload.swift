import Remediation
import Rules
import Series
package import Time

extension Agent {
    /// Goes on with another configuration. Alerts are carried over as Prometheus does, and what is
    /// known of the graphs stays known, unless the new configuration looks at another cloud or by
    /// another way: then samples, alerts and the inventory say nothing about what it will see, and
    /// the agent begins to observe anew, as after a start. Forgetting can only delay.
    package mutating func adopt(_ loaded: LoadedConfiguration, at now: Timestamp) {
        board.series.withdraw()
        let looksElsewhere = configuration.vantage != loaded.configuration.vantage
        configuration = loaded.configuration
        rules.replaceFiles(loaded.ruleFiles, options: configuration.ruleOptions)
        series.retention = loaded.retention
        if looksElsewhere {
            inventory = Inventory()
            rules.startAnew()
            series.removeAll()
            samples = []
            presentSeries = []
        }
        desk.adopt(configuration.webhook)
        publishSeries()
        let alerts = rules.activeAlerts
        let received = desk.asking(at: now)
        let view = fleetView(alerts: alerts, received: received)
        publish(alerts: alerts, received: received, view: view, at: now)
    }

    /// Why the agent must not change over to the configuration now; nil when it may. What was begun
    /// in one project cannot be followed to its end in another.
    package func objection(to loaded: LoadedConfiguration) -> String? {
        let (old, new) = (configuration.cloud, loaded.configuration.cloud)
        guard old.projectID != new.projectID || old.region != new.region else { return nil }
        let busy = machine.inFlight.sorted().map(\.rawValue)
        guard !busy.isEmpty else { return nil }
        return "cloud: the project or region cannot change while restarts are under way: "
            + busy.joined(separator: ", ")
    }
}
