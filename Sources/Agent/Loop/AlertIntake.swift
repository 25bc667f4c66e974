import API
import Configuration
import Cycle
import GES
import Listener
import Synchronization

/// Where the webhook hands in alerts: checks that they are wanted and whose they are, and leaves
/// them in the inbox. The cycle owns what was received.
final class AlertIntake: AlertReceiver {
    private struct Terms {
        var takesAlerts = false
        var token: SenderToken?
    }

    private let inbox: Inbox
    private let terms = Mutex(Terms())

    init(_ inbox: Inbox) {
        self.inbox = inbox
    }

    /// Nil takes no alerts, and those on record ask for nothing meanwhile.
    func adopt(_ webhook: WebhookConfiguration?) {
        let token = webhook?.tokenFile.map { SenderToken(path: $0) }
        terms.withLock { $0 = Terms(takesAlerts: webhook != nil, token: token) }
    }

    var takesAlerts: Bool { terms.withLock { $0.takesAlerts } }
    var asksForToken: Bool { terms.withLock { $0.token != nil } }

    func isTokenShown(by request: ServerRequest) throws(WebhookRefusal) -> Bool {
        // A reload may have taken the token away since the route was chosen; no other proof was
        // asked for.
        guard let token = terms.withLock({ $0.token }) else { throw .unauthorized }
        do {
            return try token.isShown(by: request)
        } catch {
            throw .token("\(error)")
        }
    }

    func receive(_ alerts: [IncomingAlert]) async throws(WebhookRefusal) -> [Reception] {
        guard takesAlerts else { throw .notReady }
        return try await inbox.receive(alerts)
    }
}
