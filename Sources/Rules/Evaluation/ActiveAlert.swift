package import Series
package import Time

/// One alert instance: one element of an alerting rule's result vector, tracked across evaluations.
/// Its labels are its identity; everything else may change between evaluations.
package struct ActiveAlert: Sendable, Hashable {
    package let ruleName: String
    package let group: String
    package let file: String
    /// The sample's labels without `__name__`, plus the rule's labels and `alertname`.
    package let labels: Labels
    /// With templates expanded; sorted by name.
    package internal(set) var annotations: [Label]
    package internal(set) var state: AlertState
    /// When the expression first returned the alert in the current unbroken run.
    package internal(set) var activeAt: Timestamp
    package internal(set) var value: Double
    /// The last evaluation whose result contained the alert.
    package internal(set) var lastSeenAt: Timestamp
    /// Set on an alert restored after a process restart: until this time it stays active although
    /// the expression does not return it, unless the data since the start show that it has ended
    /// (`FreshData`). `nil` once an evaluation has returned it. Never act on an unconfirmed alert.
    package internal(set) var unconfirmedUntil: Timestamp?

    /// How long the condition has to hold before the alert fires; the rule's `for`.
    package internal(set) var holdDuration: Duration = .zero
    /// When the present condition was first seen to hold, if a reload changed the condition of an
    /// active alert.
    package internal(set) var conditionSince: ConditionStart = .unchanged

    package enum ConditionStart: Hashable, Sendable {
        /// The condition has been the same since the alert became active.
        case unchanged
        /// A reload changed it, and no evaluation has returned the alert since.
        case unknown
        case at(Timestamp)
    }

    package var isConfirmed: Bool { unconfirmedUntil == nil }

    /// Since when the condition that the rule has now has held: a changed condition does not
    /// inherit the time of the old one. Nil while that is unknown.
    package var heldSince: Timestamp? {
        switch conditionSince {
        case .unchanged: activeAt
        case .unknown: nil
        case .at(let time): max(time, activeAt)
        }
    }

    /// When the alert started firing; `nil` unless it is firing.
    package var firedAt: Timestamp? {
        if case .firing(let since, _) = state { since } else { nil }
    }

    package var keepFiringSince: Timestamp? {
        if case .firing(_, let keptSince) = state { keptSince } else { nil }
    }
}

/// The life cycle of an alert, as in Prometheus: pending, firing, resolved. There is no value for
/// an alert that ends before it fires; such an alert is removed.
package enum AlertState: Sendable, Hashable {
    /// The expression holds, but not yet for the rule's `for` duration.
    /// Next: `firing`, or removal if the expression stops holding.
    case pending
    /// The expression has held for the `for` duration. `keptSince` is set while `keep_firing_for`
    /// bridges evaluations that no longer return the alert.
    /// Next: `resolved`, once the expression has not held for `keep_firing_for`.
    case firing(since: Timestamp, keptSince: Timestamp?)
    /// No longer firing. Kept for 15 minutes so that receivers of the firing alert can be told that
    /// it ended. Next: `pending`, as a new alert, if the expression holds again.
    case resolved(at: Timestamp)

    /// The value of the `alertstate` label and of the API's `state` field. Prometheus calls a
    /// resolved alert `inactive`.
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

/// A state change of an alert, for the log.
package struct AlertTransition: Sendable, Hashable {
    package let ruleName: String
    package let group: String
    package let labels: Labels
    /// `nil` for a new alert.
    package let from: AlertState?
    /// `nil` when a pending alert is removed.
    package let to: AlertState?
    package let at: Timestamp
}
