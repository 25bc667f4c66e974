package import Time

/// What an alert says of a graph, whoever evaluated its rule. The rule alone says how long is too
/// long; diagnosis proves or refutes a hang over the time for which the alert has been active.
package struct Claim: Hashable, Sendable {
    package var hangClass: HangClass
    /// Since when the alert is pending or firing.
    package var activeAt: Timestamp
    /// For how long its condition had to hold before it fired.
    package var hold: Duration
    /// Whether the alert fires; a pending one asks for nothing yet.
    package var isFiring: Bool

    package init(
        hangClass: HangClass,
        activeAt: Timestamp,
        hold: Duration = .zero,
        isFiring: Bool = true
    ) {
        self.hangClass = hangClass
        self.activeAt = activeAt
        self.hold = hold
        self.isFiring = isFiring
    }
}
