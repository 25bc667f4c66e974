import API
import Configuration
import Cycle
import GES
import Listener
import Synchronization

/// Accepts alerts from the webhook: checks that they are enabled and that the sender has the token,
/// and puts them into the inbox. The cycle owns received alerts.
final class AlertIntake: AlertReceiver {
    private struct Terms {
        var acceptsAlerts = false
        var token: SenderToken?
    }

    private let inbox: Inbox
    private let terms = Mutex(Terms())

    init(_ inbox: Inbox) {
        self.inbox = inbox
    }

    /// Nil accepts no alerts; those on record do not ask for restarts until the section returns.
    func adopt(_ webhook: WebhookConfiguration?) {
        let token = webhook?.tokenFile.map { SenderToken(path: $0) }
        terms.withLock { $0 = Terms(acceptsAlerts: webhook != nil, token: token) }
    }

    var acceptsAlerts: Bool { terms.withLock { $0.acceptsAlerts } }
    var requiresToken: Bool { terms.withLock { $0.token != nil } }

    func isTokenPresented(by request: ServerRequest) throws(WebhookRefusal) -> Bool {
        // A reload may have removed the token after the route was chosen. No other authentication
        // was required then, so the request is refused.
        guard let token = terms.withLock({ $0.token }) else { throw .unauthorized }
        do {
            return try token.isPresented(by: request)
        } catch {
            throw .token("\(error)")
        }
    }

    func receive(_ alerts: [IncomingAlert]) async throws(WebhookRefusal) -> [Reception] {
        guard acceptsAlerts else { throw .notReady([]) }
        return try await inbox.receive(alerts)
    }
}
