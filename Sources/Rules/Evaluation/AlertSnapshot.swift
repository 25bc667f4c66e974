import GoTemplate
import PromQL
import Series
package import Time

/// An active alert in a form that outlives the process.
package struct AlertSnapshot: Sendable, Hashable, Codable {
    package var ruleName: String
    package var group: String
    package var labels: [String: String]
    package var annotations: [String: String]
    /// Text, because JSON has no number for what is not finite.
    package var value: String
    package var activeAtMilliseconds: Int64
    package var lastSeenAtMilliseconds: Int64
    /// `nil` while the alert is pending.
    package var firedAtMilliseconds: Int64?
    package var keepFiringSinceMilliseconds: Int64?

    init(_ alert: ActiveAlert) {
        ruleName = alert.ruleName
        group = alert.group
        labels = Dictionary(
            alert.labels.map { ($0.name, $0.value) },
            uniquingKeysWith: { _, last in last }
        )
        annotations = Dictionary(
            alert.annotations.map { ($0.name, $0.value) },
            uniquingKeysWith: { _, last in last }
        )
        value = "\(alert.value)"
        activeAtMilliseconds = alert.activeAt.milliseconds
        lastSeenAtMilliseconds = alert.lastSeenAt.milliseconds
        firedAtMilliseconds = alert.firedAt?.milliseconds
        keepFiringSinceMilliseconds = alert.keepFiringSince?.milliseconds
    }

    /// - Parameter unconfirmedUntil: until when the alert waits for an evaluation to return it.
    func alert(file: String, unconfirmedUntil: Timestamp) -> ActiveAlert {
        let state = firedAtMilliseconds.map { fired in
            AlertState.firing(
                since: Timestamp(milliseconds: fired),
                keptSince: keepFiringSinceMilliseconds.map(Timestamp.init(milliseconds:))
            )
        }
        return ActiveAlert(
            ruleName: ruleName,
            group: group,
            file: file,
            labels: Labels(labels.map { ($0.key, $0.value) }),
            annotations: annotations.sorted { $0.key < $1.key }
                .map { Label(name: $0.key, value: $0.value) },
            state: state ?? .pending,
            activeAt: Timestamp(milliseconds: activeAtMilliseconds),
            value: Double(value) ?? .nan,
            lastSeenAt: Timestamp(milliseconds: lastSeenAtMilliseconds),
            unconfirmedUntil: unconfirmedUntil
        )
    }
}

extension RuleEngine {
    /// An outage longer than this says nothing about alerts any more (Prometheus'
    /// `--rules.alert.for-outage-tolerance`).
    package static let outageTolerance = Duration.seconds(3600)

    /// The pending and firing alerts, to be kept across a restart of the process.
    package func snapshot() -> [AlertSnapshot] {
        activeAlerts.map(AlertSnapshot.init)
    }

    /// Puts alerts back after a restart of the process; call it before the first evaluation.
    ///
    /// Unlike Prometheus this keeps alerts that fire, rules with a short `for` and
    /// `keep_firing_for`. The time in which nobody looked does not count towards `for`. Until an
    /// evaluation returns an alert again it is not confirmed; it stays for as long as its
    /// expression looks back, and then ends as any other.
    ///
    /// - Returns: the number of alerts put back; those of rules that are gone, and those not seen
    ///   for longer than `outageTolerance`, are left out.
    @discardableResult
    package mutating func restore(_ snapshots: [AlertSnapshot], at now: Timestamp) -> Int {
        var restored = 0
        for snapshot in snapshots {
            let lastSeenAt = Timestamp(milliseconds: snapshot.lastSeenAtMilliseconds)
            guard lastSeenAt <= now, now - lastSeenAt <= Self.outageTolerance,
                let (group, rule) = place(of: snapshot)
            else { continue }
            let state = states[group]
            let expression = state.rules[rule].rule.expression
            let patience = min(
                expression.reach(lookback: engine.options.lookback),
                Self.outageTolerance
            )
            let alert = snapshot.alert(
                file: state.group.file,
                unconfirmedUntil: now + patience + state.schedule.interval * 2
            )
            states[group].rules[rule].book.restore(alert)
            restored += 1
        }
        return restored
    }

    /// The rule that an alert came from: of the group and name, with labels that the alert has.
    private func place(of snapshot: AlertSnapshot) -> (group: Int, rule: Int)? {
        for (groupIndex, state) in states.enumerated() where state.group.name == snapshot.group {
            for (ruleIndex, ruleState) in state.rules.enumerated() {
                guard case .alerting(let rule) = ruleState.rule, rule.name == snapshot.ruleName,
                    rule.labels.allSatisfy({ label in
                        label.template.literal.map { $0 == snapshot.labels[label.name] ?? "" }
                            ?? true
                    })
                else { continue }
                return (groupIndex, ruleIndex)
            }
        }
        return nil
    }
}
