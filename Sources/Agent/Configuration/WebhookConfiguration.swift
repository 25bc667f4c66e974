/// Which alerts of others may lead to a restart, and who may send them.
package struct WebhookConfiguration: Sendable {
    /// Exact names. An alert with another one is acknowledged and asks for nothing.
    package var alertnames: Set<String>
    /// Where the senders' token stands; nil when anybody may send alerts.
    package var tokenFile: String?
    /// How long an alert asks after it was last received: the message that it is resolved may be
    /// lost.
    package var expireAfter = Duration.seconds(5 * 3600)

    package init(alertnames: Set<String>, tokenFile: String? = nil) {
        self.alertnames = alertnames
        self.tokenFile = tokenFile
    }
}
