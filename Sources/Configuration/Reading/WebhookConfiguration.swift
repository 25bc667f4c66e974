package import Cycle

/// The section `webhook`: which alerts of others may lead to a restart, and who may send them.
package struct WebhookConfiguration: Sendable {
    package var terms: WebhookTerms
    /// The file with the senders' token; nil when anybody may send alerts.
    package var tokenFile: String?

    package init(terms: WebhookTerms, tokenFile: String? = nil) {
        self.terms = terms
        self.tokenFile = tokenFile
    }
}
