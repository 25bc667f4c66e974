import Rules
package import Remediation
package import Series

extension Agent {
    /// The last step before the end: takes in what came back and writes it down. Nothing new is
    /// begun, because the fleet is shown as unseen.
    package mutating func recordLast(_ reports: [Report], at now: Timestamp) async {
        var view = fleetView(alerts: [])
        view.detectOnly = "the agent is stopping"
        _ = machine.step(requests: [], reports: reports, view: view, at: Instant(now))
        if await record.write(machine.changes, alerts: rules.snapshot(), at: now) {
            machine.changesWereRecorded()
        }
    }
}
