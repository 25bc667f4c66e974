/// What became of an order.
package enum OrderAnswer: Hashable, Sendable {
    /// Carried out, with what follows from it.
    case done(String)
    /// The order makes no sense at the moment, for this reason.
    case refused(String)
    /// These gates hold a restart that not even an order gets past.
    case held([HoldReason])
}

extension OrderAnswer: CustomStringConvertible {
    /// The `reason` of the order in the audit trail.
    var label: String {
        switch self {
        case .done: "done"
        case .refused: "refused"
        case .held: "held"
        }
    }

    package var description: String {
        switch self {
        case .done(let text): text
        case .refused(let text): "refused: \(text)"
        case .held(let reasons):
            "held: " + reasons.map(\.description).joined(separator: "; ")
        }
    }
}
