package import Remediation

/// What the admin API needs from the agent.
package protocol OrderReceiver: Sendable {
    /// Returns the answer once it is on disk.
    func carryOut(_ order: Order) async throws(OrderRefusal) -> OrderAnswer
}

/// Why an order got no answer. The same order may be given again: it is carried out once.
package enum OrderRefusal: Error, Hashable {
    /// The agent takes no orders now, or could not write down what became of this one.
    case unavailable(String)
    /// The answer did not come in time.
    case timeout
}
