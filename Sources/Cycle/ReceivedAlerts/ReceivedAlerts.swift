import Diagnosis
import GoText
import Remediation
import Series
import Time

/// All received alerts. Receiving is idempotent by fingerprint and start time; an alert ends by a
/// message, by age, or because the agent's own readings contradict it. Changes must be on disk
/// before senders are answered.
package struct ReceivedAlerts: Sendable {
    /// The maximum number of alerts kept.
    package static let capacity = 10_000
    /// Room beyond that for alerts that block restarts: alerts that ask for some must not keep them
    /// out.
    static let blockReserve = 1_000
    /// How long an alert is remembered after it was last received.
    static let retention = Duration.seconds(10 * 86_400)
    /// How long a graph whose answers contradicted an alert must be silent for the alert to ask
    /// again without being repeated. Alertmanager repeats a firing alert every few hours, but tells
    /// of its end within minutes.
    static let resumingSilence = Duration.seconds(10 * 60)

    package private(set) var alerts: [ReceivedAlert.Key: ReceivedAlert] = [:]
    /// Alerts that differ from the disk.
    private var changed: Set<ReceivedAlert.Key> = []
    private(set) var removed: Set<ReceivedAlert.Key> = []
    /// The newest start of each fingerprint among `alerts`.
    private var newestStarts: [String: Timestamp] = [:]
    private let capacity: Int

    package init(_ alerts: [ReceivedAlert] = [], capacity: Int = Self.capacity) {
        self.capacity = capacity
        self.alerts = Dictionary(alerts.map { ($0.key, $0) }) { first, _ in first }
        for alert in alerts { noteStart(of: alert.key) }
    }

    private mutating func noteStart(of key: ReceivedAlert.Key) {
        let known = newestStarts[key.fingerprint] ?? key.startsAt
        newestStarts[key.fingerprint] = max(known, key.startsAt)
    }

    /// The alerts that differ from the disk, in the order of their keys.
    var saved: [ReceivedAlert] { changed.sorted().compactMap { alerts[$0] } }

    mutating func changesWereSaved() {
        changed = []
        removed = []
    }

    /// All alerts, newest first.
    package var newestFirst: [ReceivedAlert] {
        alerts.values.sorted {
            ($0.receivedAt, $0.key.fingerprint) > ($1.receivedAt, $1.key.fingerprint)
        }
    }

    private mutating func put(_ alert: ReceivedAlert) {
        if alerts.updateValue(alert, forKey: alert.key) == nil { noteStart(of: alert.key) }
        changed.insert(alert.key)
        removed.remove(alert.key)
    }

    private mutating func forget(_ key: ReceivedAlert.Key) {
        alerts[key] = nil
        if newestStarts[key.fingerprint] == key.startsAt { newestStarts[key.fingerprint] = nil }
        changed.remove(key)
        removed.insert(key)
    }
}

// MARK: - Receiving

extension ReceivedAlerts {
    /// The limit is reached and every alert still asks for a restart.
    struct Full: Error {}

    mutating func receive(
        _ incoming: IncomingAlert,
        _ webhook: WebhookTerms,
        inventory: Inventory,
        at now: Timestamp
    ) throws(Full) -> Reception {
        if let reason = Self.reasonToIgnore(incoming, webhook, inventory) {
            return .ignored(reason)
        }
        // A block is about no class, and must not be lost for a word in it.
        let blocks = Self.blocks(incoming)
        guard
            let hangClass = RemediationRequests.hangClass(incoming.labels)
                ?? (blocks ? .unresponsive : nil)
        else { return .ignored(.hang) }
        let new = ReceivedAlert(
            key: .init(
                fingerprint: incoming.fingerprint,
                startsAt: start(of: incoming, webhook, at: now)
            ),
            alertname: incoming.alertname,
            graphID: GraphID(incoming.labels["graph_id"]),
            hangClass: hangClass,
            summary: incoming.summary.displayed(atMost: 200),
            receivedAt: now,
            lastReceivedAt: now,
            labels: AlertLabels(keeping: incoming.labels)
        )
        if let known = alerts[new.key] {
            guard known.graphID == new.graphID, known.hangClass == new.hangClass,
                known.alertname == new.alertname
            else { return .ignored(.fingerprint) }
            var known = known
            known.labels = new.labels
            return again(known, incoming, inventory, at: now)
        }
        try makeRoom(webhook, reserve: blocks ? Self.blockReserve : 0, at: now)
        return first(new, incoming.status, at: now)
    }

    /// Without a start of its own, an alert is the newest one of the same fingerprint, unless that
    /// was resolved or has not been received for as long as it takes an alert to expire. One that
    /// the agent's own readings contradict does not become another one: repeating it adds no
    /// evidence.
    private func start(
        of incoming: IncomingAlert,
        _ webhook: WebhookTerms,
        at now: Timestamp
    ) -> Timestamp {
        guard incoming.isStartAssumed, let start = newestStarts[incoming.fingerprint],
            let known = alerts[.init(fingerprint: incoming.fingerprint, startsAt: start)]
        else { return incoming.startsAt }
        // It ends what is known of it, however long ago that was received.
        if incoming.status == .resolved { return start }
        switch known.ending {
        case nil:
            let isFiring = known.asks(at: now, expireAfter: webhook.expireAfter)
            return isFiring ? start : incoming.startsAt
        case .resolved: return incoming.startsAt
        case .statusSeen, .answered, .progressed, .graphGone:
            let isRepeated = now - known.lastReceivedAt <= webhook.expireAfter
            return isRepeated ? start : incoming.startsAt
        }
    }

    private static func reasonToIgnore(
        _ incoming: IncomingAlert,
        _ webhook: WebhookTerms,
        _ inventory: Inventory
    ) -> IgnoredReason? {
        let blocks = blocks(incoming)
        // Of a block only a few labels are kept anyway.
        if incoming.exceededLimit != nil, !blocks || !incoming.hasPlainIdentity {
            return .tooLarge
        }
        if !webhook.alertnames.contains(incoming.alertname) { return .alertname }
        if !blocks, incoming.labels["remediate"] != "restart" { return .remediate }
        let coversFleet = blocks && incoming.labels["graph_id"].isEmpty
        if !coversFleet, inventory.entries[incoming.labels["graph_id"]] == nil { return .graph }
        let isPlain = incoming.fingerprint.unicodeScalars.allSatisfy {
            $0.isASCII && $0.properties.isAlphabetic || ("0"..."9") ~= $0 || $0 == "-" || $0 == "_"
        }
        return isPlain && (1...64).contains(incoming.fingerprint.utf8.count) ? nil : .fingerprint
    }

    /// A resolved alert that was never firing is kept too: messages may arrive out of order.
    private mutating func first(
        _ new: ReceivedAlert,
        _ status: IncomingAlert.Status,
        at now: Timestamp
    ) -> Reception {
        var new = new
        switch status {
        case .firing(let until):
            new.endsAt = until
            put(new)
            return .accepted
        case .resolved:
            new.ending = .resolved(at: now)
            put(new)
            return .resolved
        }
    }

    /// A resolved alert stays resolved, because messages may arrive out of order; only a new start
    /// time makes it fire again. One that the agent's own readings contradicted asks again when it
    /// is repeated and they do not any more: a restart that did not help passes through other
    /// statuses too.
    private mutating func again(
        _ known: ReceivedAlert,
        _ incoming: IncomingAlert,
        _ inventory: Inventory,
        at now: Timestamp
    ) -> Reception {
        var alert = known
        alert.lastReceivedAt = max(now, known.lastReceivedAt)
        let resumes = known.isAsItSays(inventory)
        switch incoming.status {
        // The next alert without a start is then a new one.
        case .resolved where known.ending?.isOfSender != true || incoming.isStartAssumed:
            alert.ending = .resolved(at: now)
            put(alert)
            return .resolved
        case .firing(let until?):
            alert.endsAt = max(until, known.endsAt ?? until)
        case .firing(nil):
            alert.endsAt = nil
        case .resolved: break
        }
        if resumes, incoming.status != .resolved {
            alert.ending = nil
            alert.resumedAt = now
            put(alert)
            return .accepted
        }
        put(alert)
        return .duplicate(known.ending.map { "\($0)" } ?? "received at \(known.receivedAt)")
    }

    private static func blocks(_ incoming: IncomingAlert) -> Bool {
        incoming.labels[BlockingAlerts.label.name] == BlockingAlerts.label.value
    }

    private mutating func makeRoom(
        _ webhook: WebhookTerms,
        reserve: Int,
        at now: Timestamp
    ) throws(Full) {
        guard alerts.count >= capacity + reserve else { return }
        let idle = alerts.values.filter { !$0.asks(at: now, expireAfter: webhook.expireAfter) }
        guard !idle.isEmpty else { throw Full() }
        let oldestFirst = idle.sorted {
            ($0.lastReceivedAt, $0.key.fingerprint) < ($1.lastReceivedAt, $1.key.fingerprint)
        }
        // Several at a time, so that a large message does not sort all alerts for each of its own.
        for alert in oldestFirst.prefix(max(1, capacity / 20)) { forget(alert.key) }
    }
}

// MARK: - Time

extension ReceivedAlerts {
    /// Shifts times of receipt after the clock was set, so that ages stay the same. Times written
    /// by senders are of their clocks.
    mutating func shift(by jump: Duration) {
        for alert in alerts.values {
            var alert = alert
            alert.receivedAt = alert.receivedAt + jump
            alert.lastReceivedAt = alert.lastReceivedAt + jump
            alert.resumedAt = alert.resumedAt.map { $0 + jump }
            put(alert)
        }
    }
}

// MARK: - Review

extension ReceivedAlerts {
    /// Ends alerts that the agent's own readings contradict, and drops old ones. Only readings
    /// taken after an alert was received count against it; unknown counts for nothing. What merely
    /// casts doubt on an alert, such as a single answer or progress, ends none: diagnosis judges
    /// that anew with every poll.
    mutating func review(_ inventory: Inventory, at now: Timestamp) {
        for known in alerts.values {
            var alert = known
            // A time in the future comes from a clock that was wrong. No reading would count
            // against the alert until then.
            alert.receivedAt = min(alert.receivedAt, now)
            alert.lastReceivedAt = min(alert.lastReceivedAt, now)
            alert.resumedAt = alert.resumedAt.map { min($0, now) }
            if alert.ending == nil { alert.ending = Self.ending(alert, inventory) }
            if newestStarts[alert.key.fingerprint] == alert.key.startsAt,
                let since = Self.resumingSilence(of: alert, inventory, at: now)
            {
                alert.ending = nil
                alert.resumedAt = since
            }
            if now - alert.lastReceivedAt > Self.retention {
                forget(alert.key)
            } else if alert != known {
                put(alert)
            }
        }
    }

    fileprivate static func ending(
        _ alert: ReceivedAlert,
        _ inventory: Inventory
    ) -> ReceivedAlert.Ending? {
        if alert.blocks { return nil }
        guard let entry = inventory.entries[alert.graphID.rawValue] else {
            guard let listed = inventory.lastCompleteListing,
                listed > alert.receivedAt
            else { return nil }
            return .graphGone(at: listed)
        }
        let (code, seen) = (entry.graph.status.code, entry.observedAt)
        // A single reading may be wrong.
        if seen > alert.receivedAt, code != alert.hangClass.expectedStatusCode,
            entry.statusSince < seen
        {
            return .statusSeen(code, at: seen)
        }
        guard alert.hangClass == .unresponsive,
            entry.answeredAt.count == Inventory.answersOfAWorkingGraph,
            let first = entry.answeredAt.first, first > alert.receivedAt
        else { return nil }
        return .answered(at: first)
    }

    /// Since when a graph that answered for a while has been silent again, if for so long that the
    /// alert, which nobody has resolved, asks again from then on. An alert of a later start means
    /// that this one was.
    private static func resumingSilence(
        of alert: ReceivedAlert,
        _ inventory: Inventory,
        at now: Timestamp
    ) -> Timestamp? {
        guard case .answered(let answeredAt) = alert.ending,
            let entry = inventory.entries[alert.graphID.rawValue],
            entry.graph.status.code == alert.hangClass.expectedStatusCode,
            let since = entry.silentSince, since > answeredAt, now - since >= resumingSilence
        else { return nil }
        return since
    }

    /// The alerts that ask for a restart now. An alert name that was removed from the configuration
    /// does not count.
    func asking(_ webhook: WebhookTerms, at now: Timestamp) -> [ReceivedAlert] {
        firing(webhook, at: now).filter { !$0.blocks }
    }

    /// The alerts that block restarts now, in the order of their keys.
    func blocking(_ webhook: WebhookTerms, at now: Timestamp) -> [ReceivedAlert] {
        firing(webhook, at: now).filter(\.blocks).sorted { $0.key < $1.key }
    }

    func firing(_ webhook: WebhookTerms, at now: Timestamp) -> [ReceivedAlert] {
        alerts.values.filter {
            webhook.alertnames.contains($0.alertname)
                && $0.asks(at: now, expireAfter: webhook.expireAfter)
        }
    }
}

extension ReceivedAlert {
    /// Whether readings after the contradiction show the graph as the alert says again.
    fileprivate func isAsItSays(_ inventory: Inventory) -> Bool {
        guard let contradictedAt = ending?.contradictedAt,
            let entry = inventory.entries[graphID.rawValue], entry.observedAt > contradictedAt,
            entry.graph.status.code == hangClass.expectedStatusCode
        else { return false }
        return ReceivedAlerts.ending(self, inventory) == nil
    }
}
