package import Series
package import Time

/// One element of an alerting rule's result, followed over time.
package struct ActiveAlert: Sendable, Hashable {
    package let ruleName: String
    package let group: String
    package let file: String
    /// The sample's labels without its name, the rule's labels, and `alertname`.
    package let labels: Labels
    /// Expanded; sorted by name.
    package internal(set) var annotations: [Label]
    package internal(set) var state: AlertState
    /// Since when the expression has held without a break.
    package internal(set) var activeAt: Timestamp
    package internal(set) var value: Double
    /// The last evaluation whose result contained the alert.
    package internal(set) var lastSeenAt: Timestamp
    /// Until when an alert read back after a restart of the process stays although the expression
    /// does not return it, because the series in memory do not reach back far enough yet.
    /// `nil` once an evaluation returned it. Nothing should be done about an alert that is not
    /// confirmed.
    package internal(set) var unconfirmedUntil: Timestamp?

    package var isConfirmed: Bool { unconfirmedUntil == nil }

    package var firedAt: Timestamp? {
        if case .firing(let since, _) = state { since } else { nil }
    }

    package var keepFiringSince: Timestamp? {
        if case .firing(_, let keptSince) = state { keptSince } else { nil }
    }
}

package enum AlertState: Sendable, Hashable {
    /// The expression holds, but not for as long as the rule's `for` asks.
    /// Leaves to `firing` when it does; ends without a trace when the expression ceases to hold.
    case pending
    /// The expression has held for the time asked. `keptSince` is set while `keep_firing_for`
    /// bridges evaluations that no longer return the alert.
    /// Leaves to `resolved` when the expression ceases to hold, or has ceased for that time.
    case firing(since: Timestamp, keptSince: Timestamp?)
    /// It fired and does so no more. Kept for 15 minutes, so that whoever was told it fires can be
    /// told that it ended. Leaves to `pending` as a new alert when the expression holds again.
    case resolved(at: Timestamp)

    /// The value of the label `alertstate`, and the API's word.
    package var name: String {
        switch self {
        case .pending: "pending"
        case .firing: "firing"
        case .resolved: "inactive"
        }
    }

    package var isResolved: Bool {
        if case .resolved = self { true } else { false }
    }
}

/// A change of an alert's state, for the log.
package struct AlertTransition: Sendable, Hashable {
    package let ruleName: String
    package let group: String
    package let labels: Labels
    /// `nil` when the alert is new.
    package let from: AlertState?
    /// `nil` when a pending alert ended.
    package let to: AlertState?
    package let at: Timestamp
}
