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

    var count: Int { waiting.count }

    /// Returns how many alerts were dropped, the oldest ones.
    mutating func put(_ alerts: [OutgoingAlert]) -> Int {
        for alert in alerts where waiting.updateValue(alert, forKey: alert.labels) == nil {
            order.append(alert.labels)
        }
        return dropExcess()
    }

    /// Removes and returns the next message.
    mutating func take() -> [OutgoingAlert] {
        let batch = order.prefix(Self.batch).compactMap { waiting.removeValue(forKey: $0) }
        order.removeFirst(min(Self.batch, order.count))
        return batch
    }

    /// Puts a message back that could not be delivered, before all others.
    mutating func putBack(_ alerts: [OutgoingAlert]) -> Int {
        let missing = alerts.filter { waiting[$0.labels] == nil }
        for alert in missing { waiting[alert.labels] = alert }
        order = missing.map(\.labels) + order
        return dropExcess()
    }

    private mutating func dropExcess() -> Int {
        let excess = max(0, order.count - Self.capacity)
        for labels in order.prefix(excess) { waiting[labels] = nil }
        order.removeFirst(excess)
        return excess
    }
}
