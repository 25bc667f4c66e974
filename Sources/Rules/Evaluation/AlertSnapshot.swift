import GoTemplate
import PromQL
import Series
package import Time

/// An active alert in the form in which it is stored across process restarts. The property names
/// are the keys of the stored JSON: renaming one loses the alerts stored by an older version.
package struct AlertSnapshot: Sendable, Hashable, Codable {
    package var ruleName: String
    package var group: String
    package var labels: [String: String]
    package var annotations: [String: String]
    /// Text, because JSON numbers cannot represent NaN and infinity.
    package var value: String
    package var activeAtMilliseconds: Int64
    package var lastSeenAtMilliseconds: Int64
    /// `nil` while the alert is pending.
    package var firedAtMilliseconds: Int64?
    package var keepFiringSinceMilliseconds: Int64?
    /// Set if a reload changed the condition while the alert was active.
    package var conditionSinceMilliseconds: Int64?
    package var holdMilliseconds: Int64?
    /// The condition of the rule; nil in what an older version stored.
    package var expression: String?

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
        holdMilliseconds = alert.holdDuration.wholeMilliseconds
        switch alert.conditionSince {
        case .unchanged: conditionSinceMilliseconds = nil
        case .unknown: conditionSinceMilliseconds = alert.lastSeenAt.milliseconds
        case .at(let time): conditionSinceMilliseconds = time.milliseconds
        }
    }

    /// - Parameter unconfirmedUntil: see `ActiveAlert.unconfirmedUntil`.
    func alert(file: String, unconfirmedUntil: Timestamp) -> ActiveAlert {
        let state = firedAtMilliseconds.map { fired in
            AlertState.firing(
                since: Timestamp(milliseconds: fired),
                keptSince: keepFiringSinceMilliseconds.map(Timestamp.init(milliseconds:))
            )
        }
        var alert = ActiveAlert(
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
        alert.holdDuration = .milliseconds(holdMilliseconds ?? 0)
        alert.conditionSince =
            conditionSinceMilliseconds.map { .at(Timestamp(milliseconds: $0)) } ?? .unchanged
        return alert
    }
}

extension RuleEngine {
    /// Alerts last seen longer ago than this are not restored. The default of Prometheus'
    /// `--rules.alert.for-outage-tolerance`.
    package static let outageTolerance = Duration.seconds(3600)

    /// The pending and firing alerts, for `restore` after a process restart.
    package func snapshot() -> [AlertSnapshot] {
        var snapshots: [AlertSnapshot] = []
        for state in states.indices {
            for index in states[state].rules.indices
            where !states[state].rules[index].book.alerts.isEmpty {
                snapshots += Self.snapshots(of: states[state].rules[index])
            }
        }
        return snapshots
    }

    private static func snapshots(of rule: RuleState) -> [AlertSnapshot] {
        let alerts = rule.book.active
        guard !alerts.isEmpty else { return [] }
        let expression = rule.expressionText
        return alerts.map { alert in
            var snapshot = AlertSnapshot(alert)
            snapshot.expression = expression
            return snapshot
        }
    }

    /// Restores alerts after a process restart, before the first evaluation, or those that another
    /// process had until now.
    ///
    /// Prometheus restores only the `for` state, and only of rules with a long `for`. This also
    /// restores firing alerts, alerts of rules with a short `for`, and `keep_firing_for`. Downtime
    /// does not count towards `for`. A restored alert is unconfirmed until an evaluation returns
    /// it. Without one, it ends with the first evaluation whose data show that it is over, at
    /// the latest after the time for which its expression looks back.
    ///
    /// - Returns: the number of restored alerts. Alerts of removed rules and alerts last seen more
    ///   than `outageTolerance` ago are dropped.
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
                expression.reach(lookback: engine.options.lookback)
                    + (expression.selectors.map { recordedReach[$0] }.max() ?? .zero),
                Self.outageTolerance
            )
            // Two intervals on top: one to the first evaluation, one in case it is missed.
            var alert = snapshot.alert(
                file: state.group.file,
                unconfirmedUntil: now + patience + state.schedule.interval * 2
            )
            if let earlier = snapshot.expression, earlier != "\(expression)" {
                alert.conditionSince = .unknown
            }
            states[group].rules[rule].book.restore(alert)
            restored += 1
        }
        return restored
    }

    /// Drops alerts that another process goes on with: they do not resolve.
    package mutating func forget(where isForgotten: (ActiveAlert) -> Bool) {
        for state in states.indices {
            for rule in states[state].rules.indices {
                states[state].rules[rule].book.forget(where: isForgotten)
            }
        }
    }

    /// The rule that produced the alert: same group and name, and every label that is not a
    /// template has the alert's value. The file is not compared, so rule files can be moved.
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
