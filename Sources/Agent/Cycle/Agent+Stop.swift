package import Remediation
import Rules
package import Series

extension Agent {
    /// The last step before the end: takes in what came back and writes it down. Nothing new is
    /// begun, because the agent may only watch.
    package mutating func recordLast(_ reports: [Report], at now: Timestamp) async -> [Effect] {
        let alerts = rules.activeAlerts
        var view = fleetView(alerts: alerts)
        view.detectOnly = "the agent is stopping"
        let effects = machine.step(
            requests: RemediationRequests.from(alerts),
            reports: reports,
            view: view,
            at: Instant(now)
        )
        if await record.write(machine.changes, alerts: rules.snapshot(), at: now) {
            machine.changesWereRecorded()
        }
        return effects
    }
}
