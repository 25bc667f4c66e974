package import Remediation
import Rules
import Series

extension Agent {
    /// The last step before the end: takes in what came back and writes it down. Nothing new is
    /// begun, because the agent may only watch.
    package mutating func recordLast(_ reports: [Report], at clock: ClockReading) async -> [Effect]
    {
        _ = watchClock(clock)
        let alerts = rules.activeAlerts
        var view = fleetView(alerts: alerts)
        view.detectOnly = "the agent is stopping"
        let effects = machine.step(
            requests: RemediationRequests.from(alerts),
            reports: reports,
            view: view,
            at: Instant(clock.wall)
        )
        _ = await write(clock, withClock: true)
        return effects
    }
}
