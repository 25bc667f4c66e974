package import Cycle
package import Listener

/// What the webhook needs from the agent.
package protocol AlertReceiver: Sendable {
    /// Whether the configuration has a section `webhook`.
    var acceptsAlerts: Bool { get }
    /// Whether senders must present the token of that section.
    var requiresToken: Bool { get }

    /// Throws if the expected token is no longer configured or cannot be read.
    func isTokenPresented(by request: ServerRequest) throws(WebhookRefusal) -> Bool

    /// Returns the result for each alert once all of them are on disk.
    func receive(_ alerts: [IncomingAlert]) async throws(WebhookRefusal) -> [Reception]
}
