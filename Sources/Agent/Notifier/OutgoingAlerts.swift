import Series
import Time

/// What Alertmanagers have to be told, and when to repeat it. An alert that fires is sent when it
/// begins and again every `resend`; one that has ended is sent as resolved for `retention`, because
/// a message may get lost.
struct OutgoingAlerts {
    static let resend = Duration.seconds(60)
    static let retention = Duration.seconds(15 * 60)
    /// Alerts beyond are not sent.
    static let capacity = 10_000

    private struct Entry {
        var alert: OutgoingAlert
        /// In elapsed time; nil if it has to be sent.
        var sentAt: Duration?
        /// In elapsed time; nil while it fires.
        var endedAt: Duration?
    }

    private var entries: [Labels: Entry] = [:]

    /// How long an alert lives at the receiver without being sent again.
    static func validity(interval: Duration) -> Duration { max(interval, resend) * 4 }

    /// Takes the alerts that fire now and returns what to send, sorted by labels.
    ///
    /// - Parameters:
    ///   - interval: between two evaluations of the rules.
    ///   - elapsed: time that never goes backwards.
    mutating func update(
        _ firing: [OutgoingAlert],
        interval: Duration,
        at now: Timestamp,
        elapsed: Duration
    ) -> (due: [OutgoingAlert], dropped: Int) {
        var dropped = 0
        var present: Set<Labels> = []
        for alert in firing {
            guard entries[alert.labels] != nil || entries.count < Self.capacity else {
                dropped += 1
                continue
            }
            present.insert(alert.labels)
            note(alert, at: now)
        }
        for (labels, entry) in entries where !present.contains(labels) {
            guard let endedAt = entry.endedAt else {
                entries[labels]?.endedAt = elapsed
                entries[labels]?.sentAt = nil
                entries[labels]?.alert.endsAt = now
                continue
            }
            if elapsed - endedAt >= Self.retention { entries[labels] = nil }
        }
        let validUntil = now + Self.validity(interval: interval)
        return (takeDue(until: validUntil, elapsed: elapsed), dropped)
    }

    private mutating func note(_ alert: OutgoingAlert, at now: Timestamp) {
        var alert = alert
        let known = entries[alert.labels]
        let isContinued = known.map { $0.endedAt == nil } ?? false
        alert.startsAt = alert.startsAt ?? (isContinued ? known?.alert.startsAt : now)
        // A start in the future would be refused, or end before it begins.
        alert.startsAt = alert.startsAt.map { min($0, now) }
        entries[alert.labels] = Entry(alert: alert, sentAt: isContinued ? known?.sentAt : nil)
    }

    private mutating func takeDue(until end: Timestamp, elapsed: Duration) -> [OutgoingAlert] {
        var due: [OutgoingAlert] = []
        for (labels, entry) in entries {
            if let sentAt = entry.sentAt, elapsed - sentAt < Self.resend { continue }
            var alert = entry.alert
            if entry.endedAt == nil { alert.endsAt = end }
            entries[labels]?.sentAt = elapsed
            due.append(alert)
        }
        return due.sorted { "\($0.labels)" < "\($1.labels)" }
    }
}
