package import Remediation

/// Reads the audit trail. Every call may block.
package protocol AuditSource: Sendable {
    func audit(_ query: AuditQuery) throws(AuditSourceError) -> AuditPage
    /// `mayContinue` is asked now and then; nil is returned after it said no.
    func verify(mayContinue: () -> Bool) throws(AuditSourceError) -> ChainReport?
}

/// Why the audit trail cannot be read.
package struct AuditSourceError: Error {
    package let text: String

    package init(text: String) {
        self.text = text
    }
}
