package import Time

/// A problem of the host that the agent runs on. While there is one, the agent only detects: it
/// keeps sampling and evaluating, and restarts nothing.
package enum DetectOnlyReason: Hashable, Sendable {
    /// The ledger cannot be written or trusted.
    case ledger(String)
    /// The ledger lacks what an earlier run wrote, such as restarts.
    case olderLedger(String)
    /// The wall clock was set, which invalidates all observations. `until` is nil until the graphs
    /// can be listed again.
    case clockSet(by: Duration, until: Timestamp?)
    /// The gateway's clock is ahead of ours by this much (behind when negative).
    case clockDiffers(by: Duration)
    /// The clock is before a time that an earlier boot has seen.
    case clockBehind(Timestamp)
    /// Another agent acts on the same fleet without sharing the ledger, by so many restarts.
    case rival(Int)
}

extension DetectOnlyReason {
    static let ledgerLabel = "ledger"
    private static let olderLedgerLabel = "ledger_older"
    private static let rivalLabel = "other_agent"

    /// The value of the metric label `reason`.
    package var label: String {
        switch self {
        case .ledger: Self.ledgerLabel
        case .olderLedger: Self.olderLedgerLabel
        case .clockSet: "clock_set"
        case .clockDiffers: "clock_differs"
        case .clockBehind: "clock_behind"
        case .rival: Self.rivalLabel
        }
    }

    /// Every value that `label` can take.
    package static let labels = [
        "clock_behind", "clock_differs", "clock_set", ledgerLabel, olderLedgerLabel,
        rivalLabel,
    ]
}

extension DetectOnlyReason {
    /// The log message when the problem is gone.
    var endText: String {
        if case .ledger = self { "The ledger can be written again" } else { "Condition cleared" }
    }
}

extension DetectOnlyReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .ledger(let problem):
            "the ledger cannot be written: \(problem)"
        case .olderLedger(let shortfall):
            "the ledger is older than the agent: \(shortfall); put the newest copy in its place, or "
                + "start once with --storage.accept-older-ledger"
        case .clockSet(let jump, let until):
            "the clock was set \(jump.direction); observing again "
                + (until.map { "until \($0)" } ?? "as soon as the graphs can be listed")
        case .clockDiffers(let offset):
            "the clock of the cloud's gateway is \(offset.lead) ours; "
                + "check the time synchronization of this host"
        case .clockBehind(let earliest):
            "the clock is before \(earliest), when the agent last ran; "
                + "check the time synchronization of this host"
        case .rival(let count):
            "others restarted \(count) graphs in the last day just when this agent did: another"
                + " agent seems to act on this fleet; stop it, or let both share a ledger in etcd"
                + " (section ledger), then start this agent again"
        }
    }
}

extension Duration {
    fileprivate var direction: String { self < .zero ? "back by \(size)" : "forward by \(size)" }
    fileprivate var lead: String { self < .zero ? "\(size) behind" : "\(size) ahead of" }
    private var size: String { Duration.seconds(abs(components.seconds)).text }
}
