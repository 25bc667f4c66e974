package import Cycle

/// The section `webhook`: which alerts of other systems may lead to a restart, and who may send
/// them.
package struct WebhookConfiguration: Sendable {
    package var terms: WebhookTerms
    /// The file that contains the token of the senders; nil if no token is required.
    package var tokenFile: String?

    package init(terms: WebhookTerms, tokenFile: String? = nil) {
        self.terms = terms
        self.tokenFile = tokenFile
    }
}
