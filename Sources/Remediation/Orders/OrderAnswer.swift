package enum OrderAnswer: Hashable, Sendable {
    case done(String)
    case refused(String)
    /// A restart that was ordered is held by these gates.
    case held([HoldReason])
}

extension OrderAnswer: CustomStringConvertible {
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
        case .refused(let text): "refused, \(text)"
        case .held(let reasons):
            "held, " + reasons.map(\.description).joined(separator: "; ")
        }
    }
}
