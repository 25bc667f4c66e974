import Series
import Time

/// Alerts that wait to be sent to one Alertmanager, oldest first. A newer form of an alert takes
/// the place of the one that waits, so a dead Alertmanager costs no more than one of each.
struct AlertQueue {
    /// As in Prometheus.
    static let capacity = 10_000
    static let batch = 64

    private var order: [Labels] = []
    private var waiting: [Labels: OutgoingAlert] = [:]
    /// How many of the first are handed out one by one.
    private var suspects = 0

    var count: Int { waiting.count }

    /// Returns how many alerts were dropped.
    mutating func put(_ alerts: [OutgoingAlert]) -> Int {
        for alert in alerts where waiting.updateValue(alert, forKey: alert.labels) == nil {
            order.append(alert.labels)
        }
        return dropExcess()
    }

    /// Removes and returns the next message.
    mutating func take() -> [OutgoingAlert] {
        let size = suspects > 0 ? 1 : Self.batch
        suspects = max(0, suspects - 1)
        let batch = order.prefix(size).compactMap { waiting.removeValue(forKey: $0) }
        order.removeFirst(min(size, order.count))
        return batch
    }

    /// Puts a message back that could not be delivered, before all others.
    mutating func putBack(_ alerts: [OutgoingAlert]) -> Int {
        putBack(alerts, areSuspect: alerts.count == 1)
    }

    /// Takes back a message that was refused for what it says. One alert may be at fault, so each
    /// becomes a message of its own; one that was alone is dropped.
    mutating func takeBackRefused(_ alerts: [OutgoingAlert]) -> Int {
        alerts.count > 1 ? putBack(alerts, areSuspect: true) : alerts.count
    }

    private mutating func putBack(_ alerts: [OutgoingAlert], areSuspect: Bool) -> Int {
        let missing = alerts.filter { waiting[$0.labels] == nil }
        for alert in missing { waiting[alert.labels] = alert }
        order = missing.map(\.labels) + order
        if areSuspect { suspects += missing.count }
        return dropExcess()
    }

    /// The oldest are dropped first, those about remediations last.
    private mutating func dropExcess() -> Int {
        let excess = max(0, order.count - Self.capacity)
        guard excess > 0 else { return 0 }
        let isSpared = order.map { waiting[$0]?.isAboutRemediation ?? false }
        let byWorth = order.indices.filter { !isSpared[$0] } + order.indices.filter { isSpared[$0] }
        let dropped = Set(byWorth.prefix(excess))
        for place in dropped { waiting[order[place]] = nil }
        suspects = (0..<suspects).count { !dropped.contains($0) }
        order = order.indices.filter { !dropped.contains($0) }.map { order[$0] }
        return excess
    }
}
