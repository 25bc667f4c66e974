import Series
import Time

/// The alerts of one alerting rule and their transitions between evaluations. Follows
/// `AlertingRule.Eval` in Prometheus' rules/alerting.go, except for restored alerts, which
/// Prometheus handles differently (see `RuleEngine.restore`).
struct AlertBook: Sendable {
    /// How long a resolved alert is kept; `resolvedRetention` in Prometheus.
    static let resolvedRetention = Duration.seconds(15 * 60)

    private(set) var alerts: [Labels: ActiveAlert] = [:]

    /// Pending and firing alerts, sorted by their labels.
    var active: [ActiveAlert] {
        if alerts.isEmpty { return [] }
        return alerts.values.filter { !$0.state.isResolved }.sorted { $0.labels < $1.labels }
    }

    /// All alerts including resolved ones, sorted by their labels.
    var all: [ActiveAlert] {
        alerts.values.sorted { $0.labels < $1.labels }
    }

    /// Applies the result of one evaluation.
    ///
    /// - Parameters:
    ///   - results: one alert per element, pending since `time`, with unique labels.
    ///   - limit: the maximum number of pending and firing alerts; 0 means no limit.
    ///   - isOver: whether a restored alert that the result does not contain has ended, rather than
    ///     lacks data that the process has not collected yet.
    /// - Returns: the transitions, new alerts first, then sorted by labels.
    /// - Throws: `limitExceeded`. As in Prometheus, this drops all alerts of the rule.
    mutating func update(
        with results: [ActiveAlert],
        holdDuration: Duration,
        keepFiringFor: Duration,
        limit: Int,
        isOver: (ActiveAlert) -> Bool,
        at time: Timestamp
    ) throws(RuleFailure) -> [AlertTransition] {
        if results.isEmpty, alerts.isEmpty { return [] }
        var transitions: [AlertTransition] = []
        var returned: Set<Labels> = []
        for result in results {
            returned.insert(result.labels)
            if let known = alerts[result.labels], !known.state.isResolved {
                alerts[result.labels] = known.refreshed(by: result, at: time)
            } else {
                alerts[result.labels] = result
                transitions.append(result.transition(from: nil, to: .pending, at: time))
            }
        }
        // Sorted so that the same input always logs the same sequence.
        for labels in alerts.keys.sorted() {
            guard let alert = alerts[labels] else { continue }
            let next: ActiveAlert? =
                if returned.contains(labels) {
                    alert.held(holdDuration, at: time)
                } else if alert.isUnconfirmed(at: time), !isOver(alert) {
                    alert
                } else {
                    alert.missed(keepFiringFor, at: time)
                }
            alerts[labels] = next
            // Forgetting a resolved alert is not a transition: it was logged when it resolved.
            if next?.state.name != alert.state.name, next != nil || !alert.state.isResolved {
                transitions.append(alert.transition(from: alert.state, to: next?.state, at: time))
            }
        }
        let count = alerts.values.count { !$0.state.isResolved }
        guard limit == 0 || count <= limit else {
            alerts = [:]
            throw .limitExceeded(limit: limit, count: count, unit: "alerts")
        }
        return transitions
    }

    /// Call it when a reload changed the condition.
    mutating func conditionChanged() {
        for labels in alerts.keys { alerts[labels]?.conditionSince = .unknown }
    }

    mutating func forget(where isForgotten: (ActiveAlert) -> Bool) {
        guard !alerts.isEmpty else { return }
        alerts = alerts.filter { !isForgotten($0.value) }
    }

    /// Restores an alert that was active before the process exited.
    mutating func restore(_ alert: ActiveAlert) {
        alerts[alert.labels] = alert
    }
}

extension ActiveAlert {
    /// This alert with the value and annotations of the latest result.
    fileprivate func refreshed(by result: ActiveAlert, at time: Timestamp) -> ActiveAlert {
        var alert = self
        alert.value = result.value
        alert.annotations = result.annotations
        if !isConfirmed, case .pending = state {
            // Downtime does not count towards `for`: nothing shows that the condition held then.
            alert.activeAt = activeAt + (time - lastSeenAt)
        }
        alert.unconfirmedUntil = nil
        alert.lastSeenAt = time
        if alert.conditionSince == .unknown { alert.conditionSince = .at(time) }
        return alert
    }

    fileprivate func isUnconfirmed(at time: Timestamp) -> Bool {
        unconfirmedUntil.map { time < $0 } ?? false
    }

    /// The state after an evaluation that returned the alert.
    fileprivate func held(_ holdDuration: Duration, at time: Timestamp) -> ActiveAlert {
        var alert = self
        alert.holdDuration = holdDuration
        let hasHeldLongEnough = time - activeAt >= holdDuration
        switch state {
        case .pending where hasHeldLongEnough: alert.state = .firing(since: time, keptSince: nil)
        // A reload increased `for`.
        case .firing where !hasHeldLongEnough: alert.state = .pending
        // The condition is back, so `keep_firing_for` starts over the next time it disappears.
        case .firing(let since, _): alert.state = .firing(since: since, keptSince: nil)
        case .pending, .resolved: break
        }
        return alert
    }

    /// The state after an evaluation that did not return the alert; `nil` removes it.
    fileprivate func missed(_ keepFiringFor: Duration, at time: Timestamp) -> ActiveAlert? {
        var alert = self
        alert.unconfirmedUntil = nil
        switch state {
        case .pending: return nil
        case .resolved(let end): return time - end > AlertBook.resolvedRetention ? nil : self
        case .firing(let since, let keptSince):
            let keptSince = keptSince ?? time
            alert.state =
                time - keptSince < keepFiringFor
                ? .firing(since: since, keptSince: keptSince) : .resolved(at: time)
        }
        return alert
    }

    fileprivate func transition(
        from: AlertState?,
        to: AlertState?,
        at time: Timestamp
    ) -> AlertTransition {
        AlertTransition(
            ruleName: ruleName,
            group: group,
            labels: labels,
            from: from,
            to: to,
            at: time
        )
    }
}
