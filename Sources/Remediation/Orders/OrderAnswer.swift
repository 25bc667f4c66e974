package import Time

/// What became of an order. Persistent: the same order given again gets the same answer.
package struct OrderAnswer: Hashable, Sendable, Codable {
    /// The raw values are in ledgers, in the API and in metrics.
    package enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        /// Carried out.
        case done
        /// The order makes no sense at the moment.
        case refused
        /// Closed gates hold the restart.
        case held
        /// Neither listed nor configured.
        case unknown = "not_found"
    }

    package var outcome: Outcome
    /// One sentence for people: what follows from the order, or why nothing does.
    package var text: String
    /// The closed gates of a restart that is held, in evaluation order.
    package var reasons: [ClosedGate] = []
    /// The restarts that an order leaves in progress, by graph id.
    package var inFlight: [RestartInFlight] = []
    /// Until when a pause lasts.
    package var until: Timestamp?

    private init(_ outcome: Outcome, _ text: String) {
        self.outcome = outcome
        self.text = text
    }

    package static func done(_ text: String) -> OrderAnswer { OrderAnswer(.done, text) }
    package static func refused(_ text: String) -> OrderAnswer { OrderAnswer(.refused, text) }
    package static func unknown(_ text: String) -> OrderAnswer { OrderAnswer(.unknown, text) }

    static func held(_ findings: [GateFinding]) -> OrderAnswer {
        let reasons = findings.compactMap(ClosedGate.init)
        var answer = OrderAnswer(.held, reasons.map(\.text).joined(separator: "; "))
        answer.reasons = reasons
        return answer
    }
}

/// A gate that holds a restart, as an answer shows it.
package struct ClosedGate: Hashable, Sendable, Codable {
    /// `Gate.rawValue`.
    package let gate: String
    /// `HoldReason.label`.
    package let reason: String
    package let text: String
    /// What an order has to name to pass; nil if no order does.
    package let override: Override?

    init?(_ finding: GateFinding) {
        guard let reason = finding.closedBy else { return nil }
        gate = finding.gate.rawValue
        self.reason = reason.label
        text = finding.sentence
        override = reason.override
    }
}

/// A restart in progress that no order can call back.
package struct RestartInFlight: Hashable, Sendable, Codable {
    package let graphID: GraphID
    package let graphName: String
    package let attempt: Int
    /// `Phase.label`.
    package let phase: String
    /// When it takes effect at the latest; nil if it has.
    package let latestLanding: Timestamp?
}

extension OrderAnswer: CustomStringConvertible {
    package var description: String {
        switch outcome {
        case .done: text
        case .refused: "refused: \(text)"
        case .held: "held: \(text)"
        case .unknown: "not found: \(text)"
        }
    }
}
