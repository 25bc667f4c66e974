package import Cycle
package import Listener

/// What the webhook needs of the agent.
package protocol AlertReceiver: Sendable {
    /// Whether alerts of others are taken at all.
    var acceptsAlerts: Bool { get }
    /// Whether senders have to show a token of their own.
    var requiresToken: Bool { get }

    /// Throws when the token to compare with is gone or cannot be read.
    func isTokenPresented(by request: ServerRequest) throws(WebhookRefusal) -> Bool

    /// Returns what became of each alert once all of it is on disk.
    func receive(_ alerts: [IncomingAlert]) async throws(WebhookRefusal) -> [Reception]
}
