package import Time

/// What is wrong with the machine that the agent runs on. While anything is, the agent watches and
/// does not act.
package enum DetectOnlyReason: Hashable, Sendable {
    /// The ledger cannot be written or trusted.
    case ledger(String)
    /// The wall clock was set; what was observed before proves nothing any more. `until` is not
    /// known before the agent sees the graphs again.
    case clockSet(by: Duration, until: Timestamp?)
    /// The gateway's clock is ahead of ours by this much (behind when negative).
    case clockDiffers(by: Duration)
    /// Before the last boot the clock had already been there.
    case clockBehind(Timestamp)
}

extension DetectOnlyReason {
    static let ledgerLabel = "ledger"

    /// A bounded word, for metric labels.
    package var label: String {
        switch self {
        case .ledger: Self.ledgerLabel
        case .clockSet: "clock_set"
        case .clockDiffers: "clock_differs"
        case .clockBehind: "clock_behind"
        }
    }

    /// Every value that `label` can take.
    package static let labels = ["clock_behind", "clock_differs", "clock_set", ledgerLabel]
}

extension DetectOnlyReason {
    /// What the log says when it no longer holds.
    var endText: String {
        if case .ledger = self { "The ledger can be written again" } else { "Condition cleared" }
    }
}

extension DetectOnlyReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .ledger(let problem):
            "detecting only, because the ledger cannot be written: \(problem)"
        case .clockSet(let jump, let until):
            "detecting only, because the clock was set \(jump.direction); observing anew "
                + (until.map { "until \($0)" } ?? "as soon as the graphs can be listed")
        case .clockDiffers(let offset):
            "detecting only, because the clock of the cloud's gateway is \(offset.lead) ours; "
                + "check the time synchronisation of this host"
        case .clockBehind(let earliest):
            "detecting only, because the clock is before \(earliest), when the agent last ran; "
                + "check the time synchronisation of this host"
        }
    }
}

extension Duration {
    fileprivate var direction: String { self < .zero ? "back by \(size)" : "forward by \(size)" }
    fileprivate var lead: String { self < .zero ? "\(size) behind" : "\(size) ahead of" }
    private var size: String { Duration.seconds(abs(components.seconds)).text }
}
