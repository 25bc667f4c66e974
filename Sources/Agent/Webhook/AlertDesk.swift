import JSON
package import Ledger
package import Logging
import Remediation
import Synchronization
package import Time

/// Where alerts of others arrive and the cycle finds them. What is received is decided and written
/// on the ledger's thread, one message after the other, and nobody learns of it before it is on the
/// disk.
package final class AlertDesk: Sendable {
    private struct Terms {
        var webhook: WebhookConfiguration?
        var token: SenderToken?
    }

    /// Set when an alert came that the cycle should not be late for.
    let news = Latch()
    private let ledger: LedgerQueue
    private let logger: Logger
    private let terms = Mutex(Terms())
    /// Changed on the ledger's thread only.
    private let book: Mutex<ReceivedAlerts>
    private let isBehind = Mutex(false)
    /// By how much the clock was set since the book was last opened.
    private let clockShift = Mutex(Duration.zero)

    package init(_ rows: [ReceivedAlertRow], ledger: LedgerQueue, logger: Logger) {
        self.ledger = ledger
        self.logger = logger
        // What an older version wrote and this one cannot read asks for nothing.
        let alerts = rows.compactMap {
            try? StrictJSONDecoder().decode(ReceivedAlert.self, from: $0.json)
        }
        book = Mutex(ReceivedAlerts(alerts))
    }

    /// Nil takes no alerts, and those on record ask for nothing meanwhile.
    package func adopt(_ webhook: WebhookConfiguration?) {
        let token = webhook?.tokenFile.map { SenderToken(path: $0) }
        terms.withLock { $0 = Terms(webhook: webhook, token: token) }
    }

    /// Holds from the next message or review on.
    func clockWasSet(by jump: Duration) {
        clockShift.withLock { $0 += jump }
    }

    var webhook: WebhookConfiguration? { terms.withLock { $0.webhook } }
    var token: SenderToken? { terms.withLock { $0.token } }
    package var alerts: ReceivedAlerts { book.withLock { $0 } }

    /// The alerts that ask for a restart now.
    package func asking(at now: Timestamp) -> [ReceivedAlert] {
        webhook.map { alerts.asking($0, at: now) } ?? []
    }

    /// Takes in the alerts of one message; they are on the disk when it returns. Throws `notReady`
    /// when some are about graphs that may not have been listed yet: the others are taken in all
    /// the same, and known when the message comes again.
    func receive(
        _ incoming: [IncomingAlert],
        _ inventory: Inventory,
        at now: Timestamp
    ) async throws(WebhookRefusal) -> [Reception] {
        guard let webhook else { throw .notReady }
        let mayBeUnlisted = inventory.lastCompleteListing == nil
        let result = await onLedger { [self] ledger throws(WebhookRefusal) in
            var next = book.withLock { $0 }
            var receptions: [Reception] = []
            do {
                for alert in incoming {
                    receptions.append(
                        try next.receive(alert, webhook, inventory: inventory, at: now)
                    )
                }
            } catch {
                throw .full
            }
            try save(&next, in: ledger)
            book.withLock { [next] in $0 = next }
            return receptions
        }
        let receptions = try result.get()
        if receptions.contains(.accepted) { news.set() }
        if mayBeUnlisted, receptions.contains(.ignored(.graph)) { throw .notReady }
        return receptions
    }

    /// Compares the alerts with what the agent sees itself. An end that cannot be written counts all
    /// the same, and is written later.
    package func review(_ inventory: Inventory, at now: Timestamp) async {
        var ahead = alerts
        ahead.review(inventory, at: now)
        guard ahead.hasChanges || clockShift.withLock({ $0 != .zero }) else { return }
        let result = await onLedger { [self] ledger throws(WebhookRefusal) in
            var next = book.withLock { $0 }
            next.review(inventory, at: now)
            defer { book.withLock { [next] in $0 = next } }
            try save(&next, in: ledger)
        }
        note(result)
    }

    private func note(_ result: Result<Void, WebhookRefusal>) {
        var problem: String?
        if case .failure(let refusal) = result { problem = refusal.text }
        let wasBehind = isBehind.withLock { state in
            defer { state = problem != nil }
            return state
        }
        guard let problem, !wasBehind else { return }
        logger.warning(
            "The ends of received alerts are not on record",
            metadata: ["err": "\(problem)"]
        )
    }

    private func save(
        _ alerts: inout ReceivedAlerts,
        in file: Ledger
    ) throws(WebhookRefusal) {
        do {
            let saved = try alerts.changed.compactMap { alerts.alerts[$0] }.map(Self.row)
            let removed = alerts.removed.map {
                ReceivedAlertRow(fingerprint: $0.fingerprint, startsAt: $0.startsAt, json: [])
            }
            try ledger.verified(file) { file throws(LedgerError) in
                try file.saveReceivedAlerts(saved, removing: removed)
            }
        } catch {
            throw .notStored("\(error)")
        }
        alerts.changesWereSaved()
    }

    private static func row(_ alert: ReceivedAlert) throws(JSONError) -> ReceivedAlertRow {
        ReceivedAlertRow(
            fingerprint: alert.key.fingerprint,
            startsAt: alert.key.startsAt,
            json: try StrictJSONEncoder().encode(alert)
        )
    }

    private func onLedger<Value: Sendable>(
        _ body: @escaping @Sendable (Ledger) throws(WebhookRefusal) -> Value
    ) async -> Result<Value, WebhookRefusal> {
        await ledger.onQueue { [self] ledger in
            let shift = clockShift.withLock { shift in
                defer { shift = .zero }
                return shift
            }
            if shift != .zero { book.withLock { $0.shift(by: shift) } }
            do throws(WebhookRefusal) {
                return .success(try body(ledger))
            } catch {
                return .failure(error)
            }
        }
    }
}
