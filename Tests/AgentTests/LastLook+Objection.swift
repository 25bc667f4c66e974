import Remediation

@testable import Agent

extension LastLook {
    /// Why nothing must be sent; nil if it may be.
    func objection(to intent: Intent) async -> String? {
        do throws(Objection) {
            _ = try await graph(for: intent)
            return nil
        } catch {
            return error.text
        }
    }
}
