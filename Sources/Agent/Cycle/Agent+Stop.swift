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
        let received = desk.asking(at: clock.wall)
        var view = fleetView(alerts: alerts, received: received)
        view.detectOnly = "the agent is stopping"
        let effects = machine.step(
            requests: RemediationRequests.from(rules.provenAlerts) + received.map(\.request),
            reports: reports,
            view: view,
            at: clock.wall
        )
        _ = await write(clock, withClock: true)
        return effects
    }
}
