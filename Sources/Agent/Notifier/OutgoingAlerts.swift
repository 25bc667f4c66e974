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

    /// By the identity of the alert.
    private var entries: [Labels: Entry] = [:]
    /// The alerts beyond the capacity, of which each is counted once.
    private var omitted: Set<Labels> = []

    /// How long an alert lives at the receiver without being sent again.
    static func validity(interval: Duration) -> Duration { max(interval, resend) * 4 }

    /// Takes the alerts that fire now. Returns how many of them are not sent that were before, or
    /// are new.
    ///
    /// - Parameter elapsed: time that never goes backwards.
    mutating func update(
        _ firing: [OutgoingAlert],
        at now: Timestamp,
        elapsed: Duration
    ) -> Int {
        let (kept, excess) = choose(firing)
        let known = omitted
        omitted = Set(excess.map(\.identity))
        // The agent does not say that they are resolved.
        for identity in omitted { entries[identity] = nil }
        let present = Set(kept.map(\.identity))
        for (identity, entry) in entries where !present.contains(identity) {
            guard let endedAt = entry.endedAt else {
                entries[identity]?.endedAt = elapsed
                entries[identity]?.sentAt = nil
                entries[identity]?.alert.endsAt = now
                continue
            }
            if elapsed - endedAt >= Self.retention { entries[identity] = nil }
        }
        makeRoom(for: kept)
        for alert in kept { note(alert, at: now) }
        return omitted.subtracting(known).count
    }

    /// Those about remediations come first, then those that were sent before.
    private func choose(
        _ firing: [OutgoingAlert]
    ) -> (kept: ArraySlice<OutgoingAlert>, excess: ArraySlice<OutgoingAlert>) {
        guard firing.count > Self.capacity else { return (firing[...], []) }
        let rules = firing.filter { !$0.isAboutRemediation }
        let order =
            firing.filter(\.isAboutRemediation) + rules.filter { entries[$0.identity] != nil }
            + rules.filter { entries[$0.identity] == nil }
        return (order.prefix(Self.capacity), order.dropFirst(Self.capacity))
    }

    /// Forgets resolved alerts, the oldest first, for the sake of those that fire.
    private mutating func makeRoom(for firing: ArraySlice<OutgoingAlert>) {
        let new = firing.count { entries[$0.identity] == nil }
        let excess = entries.count + new - Self.capacity
        guard excess > 0 else { return }
        let resolved = entries.filter { $0.value.endedAt != nil }
            .sorted { ($0.value.endedAt ?? .zero) < ($1.value.endedAt ?? .zero) }
        for (identity, _) in resolved.prefix(excess) { entries[identity] = nil }
    }

    private mutating func note(_ alert: OutgoingAlert, at now: Timestamp) {
        var alert = alert
        let known = entries[alert.identity]
        let isContinued = known.map { $0.endedAt == nil } ?? false
        if let known { alert.labels = known.alert.labels }
        alert.startsAt = alert.startsAt ?? (isContinued ? known?.alert.startsAt : now)
        // A start in the future would be refused, or end before it begins.
        alert.startsAt = alert.startsAt.map { min($0, now) }
        entries[alert.identity] = Entry(alert: alert, sentAt: isContinued ? known?.sentAt : nil)
    }

    /// What to send, the alerts about remediations first, then by labels.
    ///
    /// - Parameter interval: between two evaluations of the rules.
    mutating func takeDue(
        interval: Duration,
        at now: Timestamp,
        elapsed: Duration
    ) -> [OutgoingAlert] {
        let end = now + Self.validity(interval: interval)
        var due: [(key: String, alert: OutgoingAlert)] = []
        for (identity, entry) in entries {
            if let sentAt = entry.sentAt, elapsed - sentAt < Self.resend { continue }
            if let endedAt = entry.endedAt, elapsed - endedAt >= Self.retention { continue }
            var alert = entry.alert
            if entry.endedAt == nil { alert.endsAt = end }
            entries[identity]?.sentAt = elapsed
            due.append(("\(alert.isAboutRemediation ? 0 : 1)\(alert.labels)", alert))
        }
        return due.sorted { $0.key < $1.key }.map(\.alert)
    }
}
